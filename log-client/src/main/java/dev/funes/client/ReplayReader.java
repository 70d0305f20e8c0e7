package dev.funes.client;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a replay: reads ahead on a stream of its own, as far as its share of the memory
 * goes. Only the thread of the replay uses it.
 */
final class ReplayReader {
  final TopicPartition partition;
  private final ReadPosition position;
  private final Fetcher fetcher;
  private final ReadPositions positions;
  private final boolean keepsStream;
  private final Queue<ConsumedRecord> records = new ArrayDeque<>();
  private volatile boolean stopped;

  /**
   * @param keepsStream whether the node may send more while there is still something here
   */
  ReplayReader(
      TopicPartition partition,
      ReplayRange range,
      ClientConfig config,
      Connections connections,
      Admin admin,
      boolean keepsStream) {
    this.partition = partition;
    this.keepsStream = keepsStream;
    this.positions = new ReadPositions(admin, null);
    this.fetcher = new Fetcher(config, connections, positions, admin);
    positions.assign(List.of(partition));
    positions.filter(range.filter());
    this.position = positions.of(partition);
    position.moveTo(range.from().offset(partition));
    positions.stopAt(Map.of(partition, range.to().offset(partition)));
  }

  /** Opens the stream, so that it fills while others are waited for. */
  void begin() {
    if (keepsStream && records.isEmpty() && !positions.isAtEnd()) {
      records.addAll(fetcher.next(0));
    }
  }

  /** The next record; null at the end, or when the time is over first: {@link #isAtEnd}. */
  @Nullable ConsumedRecord head(long waitNanosMax) {
    long started = System.nanoTime();
    long left = waitNanosMax;
    while (records.isEmpty() && !positions.isAtEnd() && left >= 0 && !stopped) {
      records.addAll(fetcher.next(left));
      left = waitNanosMax - (System.nanoTime() - started);
    }
    if (!keepsStream && !records.isEmpty()) {
      fetcher.restart();
    }
    return records.peek();
  }

  /** Goes on to what comes after the head. */
  void pass() {
    var _ = records.remove();
  }

  boolean isAtEnd() {
    return records.isEmpty() && positions.isAtEnd();
  }

  /** Everything before this was handed out, or not let through by the filter. */
  long nextOffset() {
    ConsumedRecord head = records.peek();
    return head == null ? position.offset() : head.offset();
  }

  /** Ends the wait for the head. From any thread. */
  void stop() {
    stopped = true;
    fetcher.wake();
  }

  void close() {
    fetcher.restart();
  }
}
