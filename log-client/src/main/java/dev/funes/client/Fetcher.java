package dev.funes.client;

import com.google.protobuf.ByteString;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Keeps Fetch streams open from the positions of a consumer, one to each node that it reads from,
 * and turns what comes into records. They live and die together: when one fails, all are opened
 * again.
 *
 * <p>Only the consumer's thread uses it, except for {@link #wake()}.
 */
final class Fetcher implements FetchStream.Events {
  private static final long PAUSE_MILLIS_MIN = 20;
  private static final long PAUSE_MILLIS_MAX = 1_000;
  // A stream that has lasted so long has worked: what ends it is a new failure.
  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(1);
  // A node may hear of a new topic a moment after its creation was acknowledged.
  private static final Duration UNKNOWN_TOPIC_GRACE = Duration.ofSeconds(3);

  private sealed interface Event {
    record Responded(FetchStream stream, FetchResponse response) implements Event {}

    record Completed(FetchStream stream) implements Event {}

    record Failed(FetchStream stream, Failure failure) implements Event {}

    record Woken() implements Event {}
  }

  private final ClientConfig config;
  private final Connections connections;
  private final ReadPositions positions;
  private final Admin admin;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Set<ServerAddress> tried = new LinkedHashSet<>();
  private final List<FetchStream> streams = new ArrayList<>();
  private final ReadRoutes routes;
  private int failures;
  private long failingSinceNanos;
  private long reopenAtNanos = System.nanoTime();

  Fetcher(ClientConfig config, Connections connections, ReadPositions positions, Admin admin) {
    this.config = config;
    this.connections = connections;
    this.positions = positions;
    this.admin = admin;
    this.routes = new ReadRoutes(new TopicRoutes(admin::describeTopic), connections);
  }

  /** The positions have changed, or nothing is wanted any more: what is under way is dropped. */
  void restart() {
    streams.forEach(FetchStream::cancel);
    streams.clear();
    events.clear();
  }

  /** Ends the wait of the consumer's thread. From any thread. */
  void wake() {
    events.add(new Event.Woken());
  }

  /** The next records; none when something else than records has come, or nothing in time. */
  List<ConsumedRecord> next(long waitNanosMax) {
    long now = System.nanoTime();
    long wait = waitNanosMax;
    if (!streams.isEmpty()
        && !positions.isBounded()
        && routes.haveChanged(positions.unread(), now)) {
      restart();
    }
    if (streams.isEmpty() && !positions.isEmpty()) {
      positions.resolve();
      if (positions.isAtEnd()) {
        return List.of();
      }
      long pause = reopenAtNanos - now;
      if (pause <= 0) {
        open(now);
      } else {
        wait = Math.min(wait, pause);
      }
    }
    Event event;
    try {
      event = events.poll(wait, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FunesException(ErrorCode.TIMEOUT, "interrupted while waiting for records", e);
    }
    return event == null ? List.of() : handle(event);
  }

  private void open(long now) {
    Map<ServerAddress, List<TopicPartition>> nodes = routes.of(positions.unread(), now);
    int ahead = (int) (config.prefetchBytes() / config.fetchResponseBytesMax() / nodes.size());
    nodes.forEach(
        (address, partitions) -> {
          tried.add(address);
          streams.add(
              FetchStream.open(
                  address,
                  connections.channel(address),
                  positions.request(partitions, config.fetchResponseBytesMax()),
                  Math.max(1, ahead),
                  now,
                  this));
        });
  }

  private List<ConsumedRecord> handle(Event event) {
    return switch (event) {
      case Event.Responded(FetchStream from, FetchResponse response)
          when streams.contains(from) -> {
        connections.succeeded(from.address);
        List<ConsumedRecord> records = read(from, response);
        if (streams.contains(from)) {
          from.requestOne();
        }
        yield records;
      }
      case Event.Completed(FetchStream from) when streams.contains(from) -> {
        streams.remove(from);
        if (streams.isEmpty() && !positions.isAtEnd()) {
          // The replica was behind the end that we were told, or partitions have failed.
          pause(0, Failure.lost(from.address + " has ended the stream"));
        }
        yield List.of();
      }
      case Event.Failed(FetchStream from, Failure failure) when streams.contains(from) -> {
        lost(from, failure);
        yield List.of();
      }
      // Of a stream that was left behind.
      case Event.Responded _, Event.Completed _, Event.Failed _, Event.Woken _ -> List.of();
    };
  }

  private List<ConsumedRecord> read(FetchStream from, FetchResponse response) {
    TopicPartition partition = new TopicPartition(response.getTopic(), response.getPartition());
    ReadPosition position = positions.find(partition);
    if (position == null) {
      return List.of();
    }
    switch (response.getOutcomeCase()) {
      case BATCHES -> {
        failures = 0;
        tried.clear();
        return decode(position, response.getBatches());
      }
      case OUT_OF_RANGE -> outOfRange(position, response);
      case ERROR -> partitionFailed(from, Failure.of(response.getError()));
      // Bounded reading only; whether it is the end that we want shows when the stream completes.
      case END_REACHED -> failures = 0;
      // Records were not asked for, and a newer node's outcome is not understood.
      case RECORDS, PROGRESS, OUTCOME_NOT_SET -> throw unexpected(partition);
    }
    return List.of();
  }

  private FunesException unexpected(TopicPartition partition) {
    restart();
    return new FunesException(ErrorCode.INTERNAL, "unexpected answer to a fetch of " + partition);
  }

  private List<ConsumedRecord> decode(ReadPosition position, ByteString batches) {
    List<ConsumedRecord> records = new ArrayList<>();
    TopicPartition partition = position.partition;
    try {
      for (RecordBatch batch : RecordBatch.split(batches.asReadOnlyByteBuffer())) {
        if (batch.nextOffset() <= position.offset()) {
          continue;
        }
        for (LogRecord record : batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)) {
          if (position.wants(record.offset())) {
            records.add(new ConsumedRecord(partition.topic(), partition.partition(), record));
          }
        }
        position.readUpTo(batch.nextOffset(), batch.leaderEpoch());
      }
      return records;
    } catch (InvalidBatchException e) {
      restart(); // Nothing is skipped: who polls again reads it again.
      throw new FunesException(
          ErrorCode.CORRUPT_BATCH,
          "a batch of %s at offset %d or after is damaged: %s"
              .formatted(partition, position.offset(), e.getMessage()),
          e.field(),
          0,
          e);
    }
  }

  private void outOfRange(ReadPosition position, FetchResponse response) {
    long requested = response.getOutOfRange().getRequestedOffset();
    long start = response.getLogStartOffset();
    long end = response.getEndOffset();
    restart();
    if (requested > end) {
      // A replica may be behind the leader: only the leader's end counts.
      TopicPartition partition = position.partition;
      ListedOffset listed =
          admin.listOffsets(Map.of(partition, new LogPosition.End())).get(partition);
      if (listed != null && requested <= listed.offset()) {
        pause(0, Failure.lost("a replica of " + partition + " is behind"));
        return;
      }
    }
    switch (config.offsetReset()) {
      case START -> position.moveTo(start);
      case END -> position.moveTo(new ReadPosition.Unresolved.At(new LogPosition.End()));
      case ERROR -> throw new OffsetOutOfRangeException(position.partition, requested, start, end);
    }
  }

  private void partitionFailed(FetchStream from, Failure failure) {
    routes.forget(positions.unread());
    restart();
    boolean mayPass =
        switch (failure.code()) {
          case UNKNOWN_TOPIC, UNKNOWN_PARTITION ->
              failures == 0
                  || System.nanoTime() - failingSinceNanos < UNKNOWN_TOPIC_GRACE.toNanos();
          default -> failure.isTransient();
        };
    if (!mayPass) {
      throw failure.exception();
    }
    connections.failed(from.address); // Another node may do better.
    pause(failure.retryAfterMillis(), failure);
  }

  private void lost(FetchStream from, Failure failure) {
    routes.forget(positions.unread());
    restart();
    if (failure.fromNode() && !failure.isTransient()) {
      throw failure.exception();
    }
    connections.failed(from.address);
    if (System.nanoTime() - from.openedNanos > STEADY_NANOS) {
      failures = 0;
      tried.clear();
      tried.add(from.address);
    }
    pause(failure.retryAfterMillis(), failure);
  }

  private void pause(long retryAfterMillis, Failure failure) {
    long now = System.nanoTime();
    if (failures++ == 0) {
      failingSinceNanos = now;
    }
    if (now - failingSinceNanos > config.deliveryTimeout().toNanos()) {
      failures = 0;
      throw failure.fromNode() ? failure.exception() : UnaryCalls.unreachable(tried, failure);
    }
    reopenAtNanos =
        now
            + TimeUnit.MILLISECONDS.toNanos(
                Math.max(
                    retryAfterMillis,
                    Backoff.millis(failures, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX)));
  }

  @Override
  public void responded(FetchStream from, FetchResponse response) {
    events.add(new Event.Responded(from, response));
  }

  @Override
  public void completed(FetchStream from) {
    events.add(new Event.Completed(from));
  }

  @Override
  public void failed(FetchStream from, Failure failure) {
    events.add(new Event.Failed(from, failure));
  }
}
