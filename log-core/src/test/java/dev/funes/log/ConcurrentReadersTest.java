package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.log.PartitionLog.Fetch;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers follow a log while one thread appends, rolls, trims and deletes what was trimmed. */
class ConcurrentReadersTest {
  private static final LogSettings SETTINGS =
      new LogSettings(1 << 20, 1000, LogSettings.UNLIMITED, LogSettings.UNLIMITED);
  private static final int BATCHES = 20_000;
  private static final int READERS = 3;

  @TempDir Path directory;

  @Test
  void seeEveryRecordWholeOrAreToldThatItIsGone() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (PartitionLog log = PartitionLog.create(directory, SETTINGS);
        ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> follow(log, done)));
      }
      try {
        write(log);
      } finally {
        done.set(true);
      }
      for (Future<Long> reader : readers) {
        assertThat(batchesReadBy(reader)).isPositive();
      }
      assertThat(log.segmentCount()).isLessThan(20);
    }
  }

  private static void write(PartitionLog log) throws IOException {
    ByteBuffer batch = Batches.of(1, "some value", "and another", "and one more");
    for (int i = 0; i < BATCHES; i++) {
      log.append(batch, 1, i * 5L); // rolls each 200 batches
      if (i % 500 == 0) {
        log.trimBefore(log.endOffset() - 3000);
        log.deleteRetired(log.checkpoint());
      }
    }
  }

  /** Goes from the start to the end; returns how many batches it saw. */
  private static long follow(PartitionLog log, AtomicBoolean done) {
    long offset = 0;
    long batches = 0;
    while (true) {
      boolean last = done.get();
      switch (log.fetch(offset, 64 << 10)) {
        case Fetch.AtEnd(long end) -> {
          if (last) {
            return batches;
          }
          Thread.onSpinWait();
        }
        case Fetch.BelowStart(long start) -> {
          assertThat(start).isGreaterThan(offset);
          offset = start;
        }
        case Fetch.BeyondEnd(long end) ->
            throw new AssertionError("offset " + offset + " was there and is beyond " + end);
        case Fetch.Damaged(Damage damage) -> throw new AssertionError(damage.toString());
        case Fetch.Batches fetched -> {
          batches += read(fetched, offset);
          offset = fetched.nextOffset();
        }
      }
    }
  }

  private static long read(Fetch.Batches fetched, long offset) {
    try {
      long expected = fetched.firstOffset();
      assertThat(expected).isLessThanOrEqualTo(offset);
      List<RecordBatch> batches = RecordBatch.split(fetched.bytes());
      for (RecordBatch batch : batches) {
        if (batch.baseOffset() != expected || !batch.crcMatches()) {
          throw new AssertionError("torn batch at " + expected + ": " + batch);
        }
        expected = batch.nextOffset();
      }
      assertThat(fetched.nextOffset()).isEqualTo(expected);
      return batches.size();
    } catch (InvalidBatchException e) {
      throw new AssertionError("torn batch after " + offset, e);
    } catch (IllegalStateException deletedMeanwhile) {
      return 0;
    }
  }

  private static long batchesReadBy(Future<Long> reader)
      throws InterruptedException, ExecutionException {
    return reader.get();
  }
}
