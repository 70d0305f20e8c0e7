package dev.funes.client;

import dev.funes.proto.v1.AllocateProducerIdRequest;
import dev.funes.proto.v1.AllocateProducerIdResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.record.Murmur2;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes records. Thread-safe; one producer for a whole program is best.
 *
 * <p>Records are gathered into batches, one partition each, which are sent when they are full or
 * have lingered, several under way at a time. A record goes to the partition that it names, else to
 * the one of its key (as Kafka's producers choose it), else to one that changes from batch to
 * batch.
 *
 * <p>A producer is idempotent: batches carry a producer id and are numbered in each partition, so
 * however often one is sent again, it is in the log once, and the records of a partition stay in
 * the order in which they were sent. Failures that pass (a node is lost, a leader moves, a node is
 * busy) are hidden for {@link ClientConfig#deliveryTimeout()}. When a batch fails for good, its
 * records fail and the ones after it go on, under a new producer id; only when it is not even known
 * whether the failed batch was written do those fail with it that were sent behind it and whose
 * outcome is unknown, too.
 */
public final class Producer implements AutoCloseable {
  /**
   * The largest batch of {@link #appendAt} and {@link #appendAtomically} before compression, in
   * bytes. Nodes may be configured to take less.
   */
  public static final int ATOMIC_BYTES_MAX = AtomicAppend.BATCH_BYTES_MAX;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final ClientConfig config;
  private final Connections connections;
  private final TopicRoutes routes;
  private final Sender sender;
  private final AtomicAppends appends;

  private Producer(ClientConfig config, Connections connections) {
    this.config = config;
    this.connections = connections;
    UnaryCalls calls = new UnaryCalls(connections, config.requestTimeout());
    this.routes = new TopicRoutes(TopicLookup.over(connections, config), config.deliveryTimeout());
    this.sender =
        new Sender(
            config,
            connections,
            routes,
            () -> allocateIdentity(calls),
            connections::channel,
            System::nanoTime);
    this.appends =
        new AtomicAppends(
            config, new AppendCalls(config, connections, routes, () -> allocateIdentity(calls)));
  }

  /** Opens a producer; it connects when the first record is sent. */
  public static Producer open(ClientConfig config) {
    Producer producer = new Producer(config, new Connections(config.servers(), System::nanoTime));
    producer.sender.start();
    return producer;
  }

  private static ProducerIdentity allocateIdentity(UnaryCalls calls) {
    AllocateProducerIdResponse given =
        calls.call(
            LogServiceGrpc.getAllocateProducerIdMethod(),
            AllocateProducerIdRequest.getDefaultInstance());
    return new ProducerIdentity(given.getProducerId(), (short) given.getProducerEpoch());
  }

  /**
   * Takes a record to be written.
   *
   * <p>Blocks while the buffer is full, for {@link ClientConfig#maxBlock()} at the longest, and for
   * the first record of a topic until the cluster has told its partitions, for {@link
   * ClientConfig#deliveryTimeout()} at the longest; but for 3 s only when no node was ever met and
   * nobody listens at any address. Never throws for what is wrong with the record or the cluster:
   * the future then fails with a {@link FunesException}.
   *
   * <p>Futures of one partition complete in the order of its offsets, on the thread of the
   * producer: what depends on them must be quick. If it sends, it does not wait for room, and for a
   * topic for {@link ClientConfig#requestTimeout()} at the longest.
   */
  public CompletableFuture<RecordPosition> send(ProducerRecord record) {
    try {
      long recordBytes = checkedSize(record);
      TopicRoutes.Route route = route(record.topic());
      TopicPartition partition = new TopicPartition(record.topic(), partition(record, route));
      RecordBuffer.Appended appended =
          sender
              .buffer()
              .append(
                  partition,
                  record.timestampMillis() == ProducerRecord.NOW
                      ? System.currentTimeMillis()
                      : record.timestampMillis(),
                  record.key(),
                  record.value(),
                  record.headers(),
                  recordBytes,
                  sender.isOwnThread() ? 0 : config.maxBlock().toMillis());
      if (appended.sealedBatch()) {
        route.moveOnFrom(partition.partition());
      }
      return appended.future();
    } catch (FunesException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Appends records as one batch, if the partition ends at an offset: compare and append. So of
   * several who saw the same end, one succeeds.
   *
   * <p>All of them are written or none. Tries that pass (a node is lost, an answer is lost) are
   * repeated for {@link ClientConfig#deliveryTimeout()}, and never write twice or conflict with
   * themselves. The appends of one partition go one after the other in the order of their calls,
   * beside what {@link #send} writes.
   *
   * <p>Blocks while the buffer is full, as {@code send} does. The future completes with the place
   * of the first record, on a thread of its partition: what depends on it must not wait for another
   * append of the same partition. It fails with
   *
   * <ul>
   *   <li>{@code OFFSET_CONFLICT}: the partition ends elsewhere, at {@link FunesException#limit()};
   *       nothing was written
   *   <li>{@code BATCH_TOO_LARGE}, {@code RECORD_TOO_LARGE}, {@code INVALID_ARGUMENT} (no record,
   *       or one for another partition): nothing was written
   *   <li>{@code UNKNOWN_OUTCOME}: it may have been written
   * </ul>
   *
   * @param expectedOffset from 0; 0 for a partition that never held a record
   */
  public CompletableFuture<RecordPosition> appendAt(
      TopicPartition partition, long expectedOffset, List<ProducerRecord> records) {
    if (expectedOffset < 0) {
      return CompletableFuture.failedFuture(
          AtomicAppend.invalid(
              "expectedOffset", "expectedOffset: " + expectedOffset + " is negative"));
    }
    return append(partition, expectedOffset, records);
  }

  /**
   * Appends records as one batch wherever the partition ends: all of them or none, and next to each
   * other. Otherwise as {@link #appendAt}.
   */
  public CompletableFuture<RecordPosition> appendAtomically(
      TopicPartition partition, List<ProducerRecord> records) {
    return append(partition, AtomicAppend.ANYWHERE, records);
  }

  private CompletableFuture<RecordPosition> append(
      TopicPartition partition, long expectedOffset, List<ProducerRecord> records) {
    try {
      AtomicAppend append = AtomicAppend.of(config, partition, expectedOffset, records);
      requirePartition(partition, route(partition.topic()));
      return appends.add(append);
    } catch (FunesException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private TopicRoutes.Route route(String topic) {
    // While the producer's own thread waits, nothing is sent.
    return sender.isOwnThread()
        ? routes.topic(topic, config.requestTimeout())
        : routes.topic(topic);
  }

  private long checkedSize(ProducerRecord record) {
    long bytes = RecordSize.bytes(record.key(), record.value(), record.headers());
    if (bytes > config.recordBytesMax()) {
      throw new FunesException(
          ErrorCode.RECORD_TOO_LARGE,
          "a record may have %d bytes (recordBytesMax), this one has %d"
              .formatted(config.recordBytesMax(), bytes),
          "record",
          config.recordBytesMax(),
          null);
    }
    return bytes;
  }

  private static int partition(ProducerRecord record, TopicRoutes.Route route) {
    Integer named = record.partition();
    if (named == null) {
      byte[] key = record.key();
      return key == null ? route.stickyPartition() : Murmur2.partition(key, route.partitionCount());
    }
    requirePartition(new TopicPartition(record.topic(), named), route);
    return named;
  }

  private static void requirePartition(TopicPartition partition, TopicRoutes.Route route) {
    if (partition.partition() >= route.partitionCount()) {
      throw new FunesException(
          ErrorCode.UNKNOWN_PARTITION,
          "topic %s has partitions 0 to %d, not %d"
              .formatted(partition.topic(), route.partitionCount() - 1, partition.partition()),
          "partition",
          route.partitionCount(),
          null);
    }
  }

  /**
   * Sends what is buffered without lingering, and waits until all of it has completed or failed.
   */
  public void flush() {
    flush(Duration.ofMillis(Long.MAX_VALUE));
  }

  private void flush(Duration timeout) {
    if (sender.isOwnThread()) {
      throw new IllegalStateException("expected a caller's thread, was the producer's own");
    }
    List<CompletableFuture<?>> settled = new ArrayList<>();
    settled.add(appends.settled());
    sender.buffer().hurry().forEach(batch -> settled.add(batch.settled()));
    try {
      var _ =
          CompletableFuture.allOf(settled.toArray(CompletableFuture<?>[]::new))
              .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // What is left fails when the producer closes.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected batches to settle without a failure", e);
    }
  }

  /** Flushes, for {@link ClientConfig#deliveryTimeout()} at the longest, and closes. */
  @Override
  public void close() {
    close(config.deliveryTimeout());
  }

  /** Flushes for so long; what is not acknowledged by then fails with {@code CLOSED}. */
  public void close(Duration timeout) {
    flush(timeout);
    sender.stop();
    appends.close(STOP_TIMEOUT);
    connections.close();
  }
}
