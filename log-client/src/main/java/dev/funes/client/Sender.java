package dev.funes.client;

import dev.funes.proto.v1.ProduceResponse;
import io.grpc.Channel;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Moves batches from the buffer to the nodes and their answers back.
 *
 * <p>One thread does all of it: what the network and the callers say only wakes it. So nothing in
 * here is locked, and batches of one partition are sent in one order.
 */
final class Sender implements ProduceStream.Events {
  private static final long IDLE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ClientConfig config;
  private final TopicRoutes routes;
  private final Supplier<ProducerIdentity> allocateIdentity; // blocks
  private final LongSupplier nanoClock;
  private final RecordBuffer buffer;
  private final Thread thread = new Thread(this::run, "funes-producer");

  private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean stopped;

  // The sender's own.
  private final Map<TopicPartition, PartitionSender> partitions = new HashMap<>();
  private final Set<PartitionSender> active = new LinkedHashSet<>(); // those that hold something
  private final SenderQueue queue = new SenderQueue();
  private long sweptNanos;
  private final ProduceStreams streams;
  private @Nullable ProducerIdentity identity;
  private boolean identityAsked;
  private long identityRetryNanos;
  private @Nullable FunesException lastFailure; // to tell why nothing could be sent

  Sender(
      ClientConfig config,
      Connections connections,
      TopicRoutes routes,
      Supplier<ProducerIdentity> allocateIdentity,
      Function<ServerAddress, Channel> channels,
      LongSupplier nanoClock) {
    this.config = config;
    this.routes = routes;
    this.allocateIdentity = allocateIdentity;
    this.nanoClock = nanoClock;
    this.buffer = new RecordBuffer(config, nanoClock, this::wake);
    this.streams = new ProduceStreams(connections, routes, channels, this);
    thread.setDaemon(true);
  }

  void start() {
    identityRetryNanos = nanoClock.getAsLong();
    sweptNanos = identityRetryNanos;
    thread.start();
  }

  RecordBuffer buffer() {
    return buffer;
  }

  boolean isOwnThread() {
    return Thread.currentThread().equals(thread);
  }

  void wake() {
    if (!woken.getAndSet(true)) {
      LockSupport.unpark(thread);
    }
  }

  /** Ends the thread; what is not settled then fails. */
  void stop() {
    stopped = true;
    wake();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void responded(ProduceStream stream, ProduceResponse response) {
    post(() -> handle(stream, response));
  }

  @Override
  public void ended(ProduceStream stream, Failure failure) {
    // Whatever ends the stream is no fault of the batches on it: they go again.
    post(() -> end(stream, failure.isTransient() ? failure : Failure.lost(failure.message())));
  }

  @Override
  public void ready() {
    wake();
  }

  private void post(Runnable event) {
    events.add(event);
    wake();
  }

  private void run() {
    FunesException reason = new FunesException(ErrorCode.CLOSED, "the producer was closed");
    try {
      while (!stopped) {
        woken.set(false);
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
          event.run();
        }
        long wait = step(nanoClock.getAsLong());
        if (wait > 0 && !woken.get()) {
          LockSupport.parkNanos(this, Math.min(wait, IDLE_NANOS_MAX));
        }
      }
    } catch (RuntimeException | Error e) {
      LoggerFactory.getLogger(Sender.class).error("the producer has failed", e);
      reason = new FunesException(ErrorCode.INTERNAL, "the producer has failed: " + e, e);
    } finally {
      streams.cancelAll("the producer was closed");
      for (ProducerBatch batch : buffer.close()) {
        settle(batch, reason);
      }
    }
  }

  /**
   * Sends all that can be sent; returns the nanoseconds until there may be more to do. Looks only
   * at partitions about which there is news: there may be thousands that just linger.
   */
  private long step(long now) {
    for (RecordBuffer.Lane lane : buffer.signalledLanes()) {
      PartitionSender partition =
          partitions.computeIfAbsent(
              lane.partition, added -> new PartitionSender(lane, config, this::settle));
      active.add(partition);
      queue.add(partition);
    }
    cancelSilentStreams(now);
    if (now - sweptNanos >= IDLE_NANOS_MAX) {
      sweptNanos = now;
      for (PartitionSender partition : List.copyOf(active)) {
        expire(partition, now);
        queue.add(partition);
      }
    }
    for (ProduceStream stream : streams.open()) {
      PartitionSender first;
      while (stream.isReady() && (first = stream.pollWaiting()) != null) {
        run(first, now);
      }
    }
    PartitionSender next;
    while ((next = queue.poll(now)) != null) {
      run(next, now);
    }
    return queue.nanosUntilNext(now);
  }

  private void run(PartitionSender partition, long now) {
    long wait = advance(partition, now);
    if (partition.isEmpty() && buffer.isEmpty(partition.lane)) {
      active.remove(partition);
    } else if (wait < Long.MAX_VALUE) {
      queue.addLater(partition, now + wait);
    }
  }

  private void expire(PartitionSender partition, long now) {
    partition.expire(now);
    long createdBy = now - config.deliveryTimeout().toNanos();
    ProducerBatch late;
    while ((late = buffer.takeCreatedBy(partition.lane, createdBy)) != null) {
      settle(late, neverSent(late));
    }
  }

  private FunesException neverSent(ProducerBatch batch) {
    FunesException cause = lastFailure;
    return new FunesException(
        cause == null ? ErrorCode.TIMEOUT : cause.code(),
        "not sent to %s within %d ms%s"
            .formatted(
                batch.partition,
                config.deliveryTimeout().toMillis(),
                cause == null ? "" : ": " + cause.getMessage()),
        cause);
  }

  /** Sends what it can of one partition; returns the nanoseconds until it may go on by itself. */
  private long advance(PartitionSender partition, long now) {
    long pause = partition.pauseNanos(now);
    if (pause > 0) {
      return pause;
    }
    if (partition.needsIdentity()) {
      long ready = partition.isEmpty() ? buffer.readyInNanos(partition.lane, false, now) : 0;
      if (ready > 0) {
        return ready;
      }
      ProducerIdentity name = identityFor(partition, now);
      if (name == null) {
        return RETRY_NANOS;
      }
      partition.identify(name);
    }
    while (true) {
      ProducerBatch batch = partition.nextToSend();
      if (batch == null && !partition.mayTakeNew()) {
        return Long.MAX_VALUE; // An answer will wake us.
      }
      long ready =
          batch == null ? buffer.readyInNanos(partition.lane, !partition.isEmpty(), now) : 0;
      if (ready > 0) {
        return ready;
      }
      ProduceStream stream = streams.streamFor(partition);
      if (stream == null) {
        return RETRY_NANOS;
      }
      if (!stream.isReady()) {
        stream.addWaiting(partition); // Meanwhile its next batch goes on to gather.
        return Long.MAX_VALUE;
      }
      if (batch == null) {
        batch = take(partition, now);
        if (batch == null) {
          return 0;
        }
      }
      partition.sent(batch, stream.address);
      stream.send(partition, batch, now);
      buffer.underWay(true);
    }
  }

  private @Nullable ProducerBatch take(PartitionSender partition, long now) {
    ProducerBatch batch = buffer.takeReady(partition.lane, !partition.isEmpty(), now);
    if (batch != null) {
      routes.sealed(partition.partition());
      var builder = partition.add(batch);
      buffer.recycle(builder);
    }
    return batch;
  }

  private void handle(ProduceStream stream, ProduceResponse response) {
    ProduceStream.Request request = stream.take(response.getCorrelationId());
    if (request == null) {
      return;
    }
    streams.answered(stream);
    noteUnderWay();
    PartitionSender partition = request.partition();
    queue.add(partition);
    switch (response.getOutcomeCase()) {
      case APPENDED -> {
        streams.appended(partition, stream, response);
        partition.appended(request.batch(), response.getAppended().getBaseOffset());
      }
      case ERROR -> {
        Failure failure = Failure.of(response.getError());
        streams.refused(partition, stream, response, failure);
        partition.failed(request.batch(), failure, nanoClock.getAsLong());
      }
      case OUTCOME_NOT_SET ->
          partition.failed(
              request.batch(),
              Failure.lost("the node gave an answer without an outcome"),
              nanoClock.getAsLong());
    }
  }

  /** When nothing is under way any more, what lingers need not wait. */
  private void noteUnderWay() {
    boolean underWay = streams.isUnderWay();
    buffer.underWay(underWay);
    if (!underWay) {
      active.forEach(queue::add);
    }
  }

  private void end(ProduceStream stream, Failure failure) {
    if (!streams.ended(stream)) {
      return; // Ended before, by us.
    }
    noteUnderWay();
    lastFailure = failure.exception();
    long now = nanoClock.getAsLong();
    for (ProduceStream.Request request : stream.takeAll()) {
      request.partition().failed(request.batch(), failure, now);
      queue.add(request.partition());
    }
    PartitionSender waiting;
    while ((waiting = stream.pollWaiting()) != null) {
      queue.add(waiting);
    }
  }

  private void cancelSilentStreams(long now) {
    long timeout = config.requestTimeout().toNanos();
    for (ProduceStream stream : streams.open()) {
      Long oldest = stream.oldestSentNanos();
      if (oldest != null && now - oldest >= timeout) {
        stream.cancel("no answer in time");
        end(
            stream,
            Failure.lost(
                "%s did not answer within %d ms"
                    .formatted(stream.address, config.requestTimeout().toMillis())));
      }
    }
  }

  /** A producer id that the partition has not left behind; null until the cluster has given one. */
  private @Nullable ProducerIdentity identityFor(PartitionSender partition, long now) {
    if (identity != null && !identity.equals(partition.abandonedIdentity())) {
      return identity;
    }
    if (!identityAsked && now - identityRetryNanos >= 0) {
      identityAsked = true;
      Thread asking = new Thread(this::askIdentity, "funes-producer-id");
      asking.setDaemon(true);
      asking.start();
    }
    return null;
  }

  private void askIdentity() {
    try {
      ProducerIdentity given = allocateIdentity.get();
      post(
          () -> {
            identity = given;
            identityAsked = false;
            active.forEach(queue::add);
          });
    } catch (FunesException e) {
      post(
          () -> {
            lastFailure = e;
            identityAsked = false;
            identityRetryNanos = nanoClock.getAsLong() + RETRY_NANOS;
          });
    }
  }

  private void settle(ProducerBatch batch, @Nullable FunesException failure) {
    buffer.release(batch); // First: what depends on the futures may want to send.
    if (failure == null) {
      batch.succeed();
    } else {
      batch.fail(failure);
    }
  }
}
