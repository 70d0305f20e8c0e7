package dev.funes.client;

import dev.funes.record.Header;
import dev.funes.record.RecordBatch;
import dev.funes.record.RecordBatchBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records that are not acknowledged yet, gathered into batches, within a bound of bytes.
 *
 * <p>Any thread appends and waits for room; the sender takes batches and settles them.
 */
final class RecordBuffer {
  /** What a record costs beside its bytes: its future, mostly. */
  private static final int RECORD_OVERHEAD_BYTES = 64;

  private static final int SPARE_BUILDERS_MAX = 16;

  /**
   * How far a batch grows that has to wait for others of its partition: when acknowledgements are
   * slow, larger batches keep the few that may be under way worth their while.
   */
  private static final int GROWTH = 8;

  private static final int GROWN_BATCH_BYTES_MAX = 1 << 20;

  /**
   * How long a batch waits for the acknowledgement of another one of its partition, by itself: the
   * node would keep it waiting, too, and one request costs all nodes less than two.
   */
  private static final long OWN_LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** The batches of one partition that were not taken yet; the buffer's lock guards it. */
  static final class Lane {
    final TopicPartition partition;
    private final ArrayDeque<ProducerBatch> sealed = new ArrayDeque<>();
    private @Nullable ProducerBatch open;
    private boolean signalled; // among those that the sender has to look at

    Lane(TopicPartition partition) {
      this.partition = partition;
    }
  }

  private final ClientConfig config;
  private final int batchBytes;
  private final int grownBatchBytes;
  private final LongSupplier nanoClock;
  private final Runnable wakeSender;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Map<TopicPartition, Lane> lanes = new HashMap<>();
  private final ArrayDeque<RecordBatchBuilder> spareBuilders = new ArrayDeque<>();
  private final Set<ProducerBatch> unsettled = new LinkedHashSet<>();
  private List<Lane> signalled = new ArrayList<>();
  private long freeBytes;
  private boolean closed;
  private volatile boolean underWay;

  RecordBuffer(ClientConfig config, LongSupplier nanoClock, Runnable wakeSender) {
    this.config = config;
    this.batchBytes = config.batchBytes();
    this.grownBatchBytes =
        Math.max(batchBytes, Math.min(GROWTH * batchBytes, GROWN_BATCH_BYTES_MAX));
    this.nanoClock = nanoClock;
    this.wakeSender = wakeSender;
    this.freeBytes = config.bufferBytes();
  }

  /**
   * What became of an append.
   *
   * @param sealedBatch a batch is full: the next record without a key may go elsewhere
   */
  record Appended(CompletableFuture<RecordPosition> future, boolean sealedBatch) {}

  /**
   * Adds a record, waiting for room.
   *
   * @param recordBytes its {@link RecordSize}, within the limit
   * @throws FunesException TIMEOUT when there was no room in time, or CLOSED
   */
  Appended append(
      TopicPartition partition,
      long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers,
      long recordBytes,
      long blockMillisMax) {
    boolean wake = false;
    lock.lock();
    try {
      long reserved = Math.min(config.bufferBytes(), recordBytes + RECORD_OVERHEAD_BYTES);
      reserve(reserved, blockMillisMax);
      Lane lane = lanes.computeIfAbsent(partition, Lane::new);
      ProducerBatch before = lane.open;
      CompletableFuture<RecordPosition> future =
          before == null || isLarge(recordBytes)
              ? null
              : before.append(timestampMillis, key, value, headers, reserved);
      if (future == null) {
        seal(lane);
        future = open(lane, recordBytes).append(timestampMillis, key, value, headers, reserved);
        wake = true;
      }
      if (future == null) {
        throw new IllegalStateException("expected a batch to hold %d bytes".formatted(recordBytes));
      }
      if (lane.open != null && lane.open.isFull(batchBytes)) {
        wake = true;
        if (lane.sealed.isEmpty() || lane.open.isFull(grownBatchBytes)) {
          seal(lane);
        }
      }
      if (wake) {
        signal(lane);
      }
      boolean sealedBatch = before != null && before != lane.open;
      return new Appended(future, sealedBatch);
    } finally {
      lock.unlock();
      if (wake) {
        wakeSender.run();
      }
    }
  }

  /** So near to the limit of a record that its place in a batch could take it over. */
  private boolean isLarge(long recordBytes) {
    return recordBytes + RecordSize.DELTA_BYTES_MAX > config.recordBytesMax();
  }

  private void reserve(long bytes, long blockMillisMax) {
    long left = TimeUnit.MILLISECONDS.toNanos(blockMillisMax);
    while (freeBytes < bytes && !closed) {
      try {
        if (left <= 0) {
          throw new FunesException(
              ErrorCode.TIMEOUT,
              "no room in the buffer of %d bytes (bufferBytes) within %d ms"
                  .formatted(config.bufferBytes(), blockMillisMax),
              "bufferBytes",
              config.bufferBytes(),
              null);
        }
        left = room.awaitNanos(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FunesException(ErrorCode.TIMEOUT, "interrupted while waiting for room", e);
      }
    }
    if (closed) {
      throw new FunesException(ErrorCode.CLOSED, "the producer is closed");
    }
    freeBytes -= bytes;
  }

  private ProducerBatch open(Lane lane, long recordBytes) {
    long needed = RecordBatch.HEADER_BYTES + RecordSize.LENGTH_BYTES_MAX + recordBytes;
    RecordBatchBuilder builder =
        needed > grownBatchBytes
            ? new RecordBatchBuilder(config.compression(), (int) needed)
            : spareBuilders.poll();
    if (builder == null) {
      builder = new RecordBatchBuilder(config.compression(), grownBatchBytes);
    }
    ProducerBatch batch = new ProducerBatch(lane.partition, builder, nanoClock.getAsLong());
    lane.open = batch;
    unsettled.add(batch);
    return batch;
  }

  private static void seal(Lane lane) {
    if (lane.open != null) {
      lane.sealed.add(lane.open);
      lane.open = null;
    }
  }

  private void signal(Lane lane) {
    if (!lane.signalled) {
      lane.signalled = true;
      signalled.add(lane);
    }
  }

  /** The lanes in which a batch was begun, filled or hurried since the last call. */
  List<Lane> signalledLanes() {
    lock.lock();
    try {
      if (signalled.isEmpty()) {
        return List.of();
      }
      List<Lane> taken = signalled;
      signalled = new ArrayList<>();
      taken.forEach(lane -> lane.signalled = false);
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next batch of a lane that is full, hurried, or has lingered; null when there is none.
   *
   * @param ownUnderWay whether a batch of this lane is under way
   */
  @Nullable ProducerBatch takeReady(Lane lane, boolean ownUnderWay, long nowNanos) {
    lock.lock();
    try {
      if (lane.sealed.isEmpty()
          && lane.open != null
          && lingerLeft(lane.open, ownUnderWay, nowNanos) <= 0) {
        seal(lane);
      }
      return lane.sealed.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds until a batch is ready; 0 when one is, {@code Long.MAX_VALUE} when none will. */
  long readyInNanos(Lane lane, boolean ownUnderWay, long nowNanos) {
    lock.lock();
    try {
      if (!lane.sealed.isEmpty()) {
        return 0;
      }
      return lane.open == null
          ? Long.MAX_VALUE
          : Math.max(0, lingerLeft(lane.open, ownUnderWay, nowNanos));
    } finally {
      lock.unlock();
    }
  }

  private long lingerLeft(ProducerBatch batch, boolean ownUnderWay, long nowNanos) {
    if (batch.hurried || batch.isFull(batchBytes)) {
      return 0;
    }
    long linger = config.linger().toNanos();
    if (config.lingerAdapts()) {
      linger = ownUnderWay ? OWN_LINGER_NANOS : underWay ? linger : 0;
    }
    return batch.createdNanos + linger - nowNanos;
  }

  /** Whether batches are under way, so that waiting for more records costs little. */
  void underWay(boolean some) {
    underWay = some;
  }

  /** Takes the next batch of a lane that was created by then; null when there is none. */
  @Nullable ProducerBatch takeCreatedBy(Lane lane, long nanos) {
    lock.lock();
    try {
      if (lane.sealed.isEmpty() && lane.open != null && lane.open.createdNanos - nanos <= 0) {
        seal(lane);
      }
      ProducerBatch first = lane.sealed.peek();
      return first != null && first.createdNanos - nanos <= 0 ? lane.sealed.poll() : null;
    } finally {
      lock.unlock();
    }
  }

  /** True when the lane holds nothing; the next append signals it. */
  boolean isEmpty(Lane lane) {
    lock.lock();
    try {
      return lane.open == null && lane.sealed.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  void recycle(@Nullable RecordBatchBuilder builder) {
    if (builder == null || builder.batchBytesMax() > grownBatchBytes) {
      return; // Made for one large record.
    }
    lock.lock();
    try {
      if (spareBuilders.size() < SPARE_BUILDERS_MAX) {
        spareBuilders.add(builder);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives back the room of a batch that has settled. */
  void release(ProducerBatch batch) {
    lock.lock();
    try {
      if (unsettled.remove(batch)) {
        freeBytes += batch.reservedBytes;
        room.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the lingering of everything that is in here; returns it. */
  List<ProducerBatch> hurry() {
    List<ProducerBatch> hurried;
    lock.lock();
    try {
      hurried = List.copyOf(unsettled);
      for (ProducerBatch batch : hurried) {
        batch.hurried = true;
        Lane lane = lanes.get(batch.partition);
        if (lane != null) {
          signal(lane);
        }
      }
    } finally {
      lock.unlock();
    }
    wakeSender.run();
    return hurried;
  }

  /** Takes no more records; returns what is not settled. */
  List<ProducerBatch> close() {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
      return List.copyOf(unsettled);
    } finally {
      lock.unlock();
    }
  }
}
