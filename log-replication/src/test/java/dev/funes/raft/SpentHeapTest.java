package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.raft.SpentHeap.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpentHeapTest {
  private static final int FEW = SpentHeap.FULL_COLLECTIONS_MIN - 1;
  private static final int MANY = SpentHeap.FULL_COLLECTIONS_MIN;
  private static final long LITTLE = SpentHeap.WINDOW_MILLIS / 4;
  private static final long MUCH = SpentHeap.WINDOW_MILLIS / 2;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final SpentHeap heap = new SpentHeap(nanos::get, new Collections(0, 0));
  private long fullCount;
  private long millis;

  @Test
  void onlyAWindowFullOfCollectionsOfTheWholeHeapIsOne() {
    assertThat(window(0, 0)).isFalse();
    assertThat(window(0, MUCH)).as("a busy node").isFalse();
    assertThat(window(FEW, MUCH)).isFalse();
    assertThat(window(MANY, LITTLE)).as("asked for by a person").isFalse();
    assertThat(window(MANY, MUCH)).isTrue();
    assertThat(window(0, 0)).as("each window counts for itself").isFalse();
  }

  @Test
  void nothingIsSaidBeforeAWindowHasEnded() {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(SpentHeap.WINDOW_MILLIS - 1));
    assertThat(heap.look(new Collections(1_000, MUCH))).isFalse();
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(heap.look(new Collections(1_000, MUCH))).isTrue();
  }

  @Test
  void theCollectorsOfThisProcessAreKnown() {
    Collections before = Collections.ofThisProcess();
    System.gc();
    assertThat(Collections.ofThisProcess().fullCount()).isGreaterThan(before.fullCount());
  }

  private boolean window(int more, long moreMillis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(SpentHeap.WINDOW_MILLIS));
    fullCount += more;
    millis += moreMillis;
    return heap.look(new Collections(fullCount, millis));
  }
}
