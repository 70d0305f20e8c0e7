package dev.funes.client;

import com.google.protobuf.ByteString;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.Record;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Fetch streams open from the positions of a consumer, and turns what comes into records.
 * Partitions may come and go: those that stay are read on without a pause. When a stream fails, its
 * partitions are read through another.
 *
 * <p>Only the consumer's thread uses it, except for {@link #wake()}.
 */
final class Fetcher implements FetchStream.Events {
  // A stream that has lasted so long has worked: what ends it is a new failure.
  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(1);
  // A node may hear of a new topic a moment after its creation was acknowledged.
  private static final long UNKNOWN_TOPIC_GRACE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long RESOLVE_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  // Each time partitions come there is one more for each node, until somebody tidies up.
  private static final int STREAMS_MAX = 16;

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
  private final FetchStreams streams = new FetchStreams();
  private final ReadTroubles troubles;
  private final ReadRoutes routes;
  // Some partition may have no stream; to look costs time for each one.
  private boolean mayMissStreams = true;
  private boolean waitsForTopics;

  Fetcher(ClientConfig config, Connections connections, ReadPositions positions, Admin admin) {
    this.config = config;
    this.connections = connections;
    this.positions = positions;
    this.admin = admin;
    this.troubles = new ReadTroubles(config);
    TopicLookup lookup = TopicLookup.over(connections, config);
    this.routes = new ReadRoutes(new TopicRoutes(lookup, config.requestTimeout()), connections);
  }

  /** Nothing that is under way is wanted any more. */
  void restart() {
    streams.cancelAll();
    events.removeIf(event -> !(event instanceof Event.Woken));
    mayMissStreams = true;
  }

  /** Partitions have come or gone; those that stayed are read on. */
  void reassigned() {
    streams.retain(positions.partitions());
    mayMissStreams = true;
  }

  /** These are not read any more, although they are still assigned for the moment. */
  void leave(Collection<TopicPartition> partitions) {
    partitions.forEach(this::leave);
  }

  /** The position of this partition was changed by somebody else. */
  void moved(TopicPartition partition) {
    streams.cancelReaderOf(partition);
    mayMissStreams = true;
  }

  /** A topic that is not there is no failure: somebody else will take its partitions away. */
  void waitForTopics(boolean patiently) {
    waitsForTopics = patiently;
  }

  /** Ends the wait of the consumer's thread. From any thread. */
  void wake() {
    events.add(new Event.Woken());
  }

  /** The next records; none when something else than records has come, or nothing in time. */
  List<ConsumedRecord> next(long waitNanosMax) {
    long now = System.nanoTime();
    if (streams.count() > 0 && !positions.isBounded() && routes.isLookDue(now)) {
      List<TopicPartition> read = positions.unread();
      read = read.stream().filter(streams::hasReader).toList();
      streams.cancelUnlike(routes.lookAgain(read, now));
      mayMissStreams = true;
    }
    long wait = waitNanosMax;
    if (mayMissStreams) {
      if (!resolve()) {
        wait = Math.min(wait, RESOLVE_AGAIN_NANOS);
      } else if (positions.isAtEnd()) {
        return List.of();
      } else {
        wait = Math.min(wait, openMissing(now));
      }
    }
    Event event = await(wait);
    return event == null ? List.of() : handle(event);
  }

  /** False when a topic is not there that somebody else will take away. */
  private boolean resolve() {
    try {
      positions.resolve();
      return true;
    } catch (FunesException e) {
      boolean gone = e.code() == ErrorCode.UNKNOWN_TOPIC || e.code() == ErrorCode.UNKNOWN_PARTITION;
      if (gone && waitsForTopics) {
        return false;
      }
      throw e;
    }
  }

  /** Waits for {@link #wake()} and reads nothing. */
  void pause(long waitNanosMax) {
    restart();
    var _ = await(waitNanosMax);
  }

  private @Nullable Event await(long waitNanosMax) {
    try {
      return events.poll(waitNanosMax, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FunesException(ErrorCode.TIMEOUT, "interrupted while waiting for records", e);
    }
  }

  /** Returns how long to wait before there is more to open. */
  private long openMissing(long now) {
    List<TopicPartition> ready = new ArrayList<>();
    long wait = Long.MAX_VALUE;
    for (TopicPartition partition : positions.unread()) {
      if (!streams.hasReader(partition)) {
        long pause = troubles.pauseNanos(partition, now);
        if (pause <= 0) {
          ready.add(partition);
        } else {
          wait = Math.min(wait, pause);
        }
      }
    }
    if (!ready.isEmpty()) {
      open(ready, now);
    }
    mayMissStreams = wait < Long.MAX_VALUE;
    return wait;
  }

  private void open(List<TopicPartition> partitions, long now) {
    List<TopicPartition> all = partitions;
    if (streams.count() >= STREAMS_MAX) {
      restart();
      all = positions.unread();
    }
    Map<ServerAddress, List<TopicPartition>> nodes = routes.of(all, now);
    long ahead =
        config.prefetchBytes() / config.fetchResponseBytesMax() / (nodes.size() + streams.count());
    nodes.forEach(
        (address, read) ->
            streams.add(
                FetchStream.open(
                    address,
                    connections.channel(address),
                    read,
                    positions.request(read, config.fetchResponseBytesMax()),
                    (int) Math.max(1, ahead),
                    now,
                    this)));
  }

  private List<ConsumedRecord> handle(Event event) {
    return switch (event) {
      case Event.Responded(FetchStream from, FetchResponse response) when streams.isOpen(from) -> {
        connections.succeeded(from.address);
        List<ConsumedRecord> records = read(from, response);
        if (streams.isOpen(from)) {
          from.requestOne();
        }
        yield records;
      }
      case Event.Completed(FetchStream from) when streams.isOpen(from) -> {
        // The replica was behind the end that we were told, or partitions have failed.
        List<TopicPartition> unread =
            streams.remove(from).stream().filter(positions::isUnread).toList();
        mayMissStreams = true;
        if (!unread.isEmpty()) {
          Failure failure = Failure.lost(from.address + " has ended the stream");
          troubles.failed(unread, from.address, failure, System.nanoTime());
        }
        yield List.of();
      }
      case Event.Failed(FetchStream from, Failure failure) when streams.isOpen(from) -> {
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
    if (position == null || !streams.isReader(from, partition)) {
      return List.of(); // Of a partition that went, or that another stream reads.
    }
    switch (response.getOutcomeCase()) {
      case BATCHES -> {
        return decode(from, position, response.getBatches());
      }
      case RECORDS -> {
        troubles.over(partition);
        return filtered(position, response);
      }
      case PROGRESS -> {
        troubles.over(partition);
        position.readUpTo(response.getNextOffset(), -1);
      }
      case OUT_OF_RANGE -> outOfRange(from, position, response);
      case ERROR -> partitionFailed(from, partition, Failure.of(response.getError()));
      // Bounded reading only; whether it is the end that we want shows when the stream completes.
      case END_REACHED -> troubles.over(partition);
      // A newer node's outcome is not understood.
      case OUTCOME_NOT_SET -> throw unexpected(partition);
    }
    return List.of();
  }

  private FunesException unexpected(TopicPartition partition) {
    restart();
    return new FunesException(ErrorCode.INTERNAL, "unexpected answer to a fetch of " + partition);
  }

  private List<ConsumedRecord> decode(FetchStream from, ReadPosition position, ByteString batches) {
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
        troubles.over(partition);
      }
    } catch (InvalidBatchException e) {
      damaged(from, position, e);
    }
    return records;
  }

  /**
   * Nothing is skipped: it is asked for again. A node looks again at what it has not looked at for
   * some seconds, and then has another one answer.
   *
   * @throws FunesException with CORRUPT_BATCH when that did not help for the delivery timeout
   */
  private void damaged(FetchStream from, ReadPosition position, InvalidBatchException e) {
    TopicPartition partition = position.partition;
    String message =
        "a batch of %s at offset %d or after is damaged: %s"
            .formatted(partition, position.offset(), e.getMessage());
    restart();
    routes.forget(List.of(partition));
    troubles.failed(
        List.of(partition),
        from.address,
        new Failure(ErrorCode.CORRUPT_BATCH, message, e.field(), 0, true, false, 0, null, e),
        System.nanoTime());
  }

  /** What the node has let through; the position moves past what it has not. */
  private static List<ConsumedRecord> filtered(ReadPosition position, FetchResponse response) {
    List<ConsumedRecord> records = new ArrayList<>(response.getRecords().getRecordsCount());
    for (Record record : response.getRecords().getRecordsList()) {
      if (position.wants(record.getOffset())) {
        records.add(
            new ConsumedRecord(
                position.partition.topic(),
                position.partition.partition(),
                FromProto.record(record)));
      }
    }
    position.readUpTo(response.getNextOffset(), -1);
    return records;
  }

  private void outOfRange(FetchStream from, ReadPosition position, FetchResponse response) {
    TopicPartition partition = position.partition;
    long requested = response.getOutOfRange().getRequestedOffset();
    long start = response.getLogStartOffset();
    long end = response.getEndOffset();
    leave(partition);
    if (requested > end) {
      // A replica may be behind the leader: only the leader's end counts.
      ListedOffset listed =
          admin.listOffsets(Map.of(partition, new LogPosition.End())).get(partition);
      if (listed != null && requested <= listed.offset()) {
        Failure failure = Failure.lost("a replica of " + partition + " is behind");
        troubles.failed(List.of(partition), from.address, failure, System.nanoTime());
        return;
      }
    }
    switch (config.offsetReset()) {
      case START -> position.moveTo(start);
      case END -> position.moveTo(new ReadPosition.Unresolved.At(new LogPosition.End()));
      case ERROR -> throw new OffsetOutOfRangeException(partition, requested, start, end);
    }
  }

  /** Nothing more comes for this partition; it may be tried again. */
  private void leave(TopicPartition partition) {
    streams.leave(partition);
    mayMissStreams = true;
  }

  private void partitionFailed(FetchStream from, TopicPartition partition, Failure failure) {
    long now = System.nanoTime();
    routes.forget(List.of(partition));
    leave(partition);
    boolean mayPass =
        switch (failure.code()) {
          case UNKNOWN_TOPIC, UNKNOWN_PARTITION ->
              waitsForTopics || troubles.failingNanos(partition, now) < UNKNOWN_TOPIC_GRACE_NANOS;
          default -> failure.isTransient();
        };
    if (!mayPass) {
      throw failure.exception();
    }
    connections.failed(from.address); // Another node may do better.
    troubles.failed(List.of(partition), from.address, failure, now);
  }

  private void lost(FetchStream from, Failure failure) {
    long now = System.nanoTime();
    List<TopicPartition> unread =
        streams.remove(from).stream().filter(positions::isUnread).toList();
    routes.forget(unread);
    mayMissStreams = true;
    if (failure.fromNode() && !failure.isTransient()) {
      throw failure.exception();
    }
    connections.failed(from.address);
    if (now - from.openedNanos > STEADY_NANOS) {
      troubles.over(unread);
    }
    if (!unread.isEmpty()) {
      troubles.failed(unread, from.address, failure, now);
    }
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
