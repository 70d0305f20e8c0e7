package dev.funes.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of partitions from a cut to a cut, in one order that is the same every time: by
 * time over all of them, or one after the other.
 *
 * <pre>{@code
 * Cut from = admin.cut(List.of("orders", "payments"), new LogPosition.Timestamp(monday));
 * Cut to = admin.cut(List.of("orders", "payments"), new LogPosition.Timestamp(tuesday));
 * try (Replay replay = Replay.open(config, ReplayRange.between(from, to))) {
 *   while (replay.hasNext()) {
 *     handle(replay.next());
 *   }
 * }
 * }</pre>
 *
 * <p>By time means: of the next records of all partitions, the one with the least timestamp comes
 * first; of equal ones the one of the first topic by name, and of the least partition. Within a
 * partition the order is always that of the log, also where its timestamps go back.
 *
 * <p>Each partition is read on a stream of its own, and what it holds is bounded: {@value
 * #BUFFER_BYTES_MAX} bytes as they are sent for all of them, or 64 KiB for each if that is more,
 * and one response of each decoded. When a node fails, reading goes on at another.
 *
 * <p>Not thread-safe, except for {@link #stop()}.
 */
public final class Replay implements Iterator<ConsumedRecord>, AutoCloseable {
  private static final long BUFFER_BYTES_MAX = 32L << 20;
  private static final int RESPONSE_BYTES_MIN = 64 << 10;
  private static final int RESPONSE_BYTES_MAX = 1 << 20;

  /** More would pass what a node allows on one connection, while others wait for their turn. */
  private static final int STREAMS_MAX = 48;

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Comparator<Head> BY_TIME =
      Comparator.comparingLong((Head head) -> head.record.record().timestampMillis())
          .thenComparing(head -> head.reader.partition);

  private record Head(ConsumedRecord record, ReplayReader reader) {}

  private final Connections connections;
  private final ReplayRange range;
  private final List<ReplayReader> readers = new ArrayList<>();
  private final PriorityQueue<Head> heads = new PriorityQueue<>(BY_TIME);
  // Those without a head here. By time, nothing can be said before this is empty.
  private final Deque<ReplayReader> waiting = new ArrayDeque<>();
  private volatile boolean stopped;

  private Replay(ClientConfig config, ReplayRange range) {
    this.connections = new Connections(config.servers(), System::nanoTime);
    this.range = range;
    Admin admin = Admin.over(connections, config);
    int count = range.from().offsets().size();
    ClientConfig each = shareOf(config, range.order() == ReplayRange.Order.BY_TIME ? count : 1);
    for (TopicPartition partition : range.from().offsets().keySet()) {
      readers.add(
          new ReplayReader(partition, range, each, connections, admin, count <= STREAMS_MAX));
    }
    waiting.addAll(readers);
  }

  /**
   * Opens a replay; it connects when it is first asked for something.
   *
   * @throws IllegalArgumentException see {@link ReplayRange}
   */
  public static Replay open(ClientConfig config, ReplayRange range) {
    return new Replay(config, range);
  }

  private static ClientConfig shareOf(ClientConfig config, int partitionCount) {
    long share = BUFFER_BYTES_MAX / partitionCount;
    int response = Math.clamp(share / 2, RESPONSE_BYTES_MIN, RESPONSE_BYTES_MAX);
    return config.toBuilder()
        .fetchResponseBytesMax(response)
        .prefetchBytes(Math.max(response, share))
        .offsetReset(OffsetReset.ERROR)
        .build();
  }

  /**
   * Whether there is another record; waits until that is known, or until {@link #stop()}.
   *
   * @throws OffsetOutOfRangeException when a part of the range is not there any more
   * @throws FunesException when reading has failed for good: a wrong filter (INVALID_ARGUMENT), or
   *     no node could be reached for {@link ClientConfig#deliveryTimeout()}
   */
  @Override
  public boolean hasNext() {
    return head() != null;
  }

  /** The next record; throws as {@link #hasNext()} does, and when there is none. */
  @Override
  public ConsumedRecord next() {
    Head head = head();
    if (head == null) {
      throw new NoSuchElementException("the replay has no more records");
    }
    heads.remove();
    head.reader.pass();
    waiting.addFirst(head.reader);
    return head.record;
  }

  private @Nullable Head head() {
    switch (range.order()) {
      case BY_TIME -> fillAll();
      case BY_PARTITION -> fillFirst();
    }
    return stopped ? null : heads.peek();
  }

  private void fillAll() {
    if (waiting.size() > 1) {
      waiting.forEach(ReplayReader::begin);
    }
    while (!waiting.isEmpty() && !stopped) {
      fill(waiting.getFirst());
    }
  }

  private void fillFirst() {
    while (heads.isEmpty() && !waiting.isEmpty() && !stopped) {
      fill(waiting.getFirst());
    }
  }

  /** The first of those that wait has a head now, or nothing more; neither when it was stopped. */
  private void fill(ReplayReader reader) {
    ConsumedRecord record = reader.head(WAIT_NANOS);
    if (record != null) {
      heads.add(new Head(record, reader));
      waiting.removeFirst();
    } else if (reader.isAtEnd()) {
      waiting.removeFirst();
      reader.close();
    }
  }

  /** What it reads. */
  public ReplayRange range() {
    return range;
  }

  /** How far it is: a replay from here on goes on where this one is. */
  public Cut position() {
    SortedMap<TopicPartition, Long> offsets = new TreeMap<>();
    readers.forEach(reader -> offsets.put(reader.partition, reader.nextOffset()));
    return new Cut(offsets);
  }

  /** Ends the wait for records: there is none from now on. From any thread. */
  public void stop() {
    stopped = true;
    readers.forEach(ReplayReader::stop);
  }

  @Override
  public void close() {
    stopped = true;
    readers.forEach(ReplayReader::close);
    connections.close();
  }
}
