package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.funes.record.BatchValidator.Validation;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Counts the bytes that the hot path allocates on this thread; wide bounds, so that only a real
 * change fails.
 */
class AllocationTest {
  private static final int ROUNDS = 200;
  private static final int BATCH_BYTES = 64 * 1024;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final byte[] value = new byte[200];

  @Test
  void buildingABatchAllocatesLittleMoreThanTheBatch() {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, BATCH_BYTES);

    assertThat(allocatedBytes(() -> fill(builder))).isLessThan(BATCH_BYTES + 4096L);
  }

  @Test
  void validatingABatchAllocatesNextToNothing() {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, BATCH_BYTES);
    ByteBuffer batch = fill(builder);
    BatchValidator validator = new BatchValidator(1000, BATCH_BYTES);

    assertThat(allocatedBytes(() -> validator.validate(batch))).isLessThan(1024);
    assertThat(validator.validate(batch)).isInstanceOf(Validation.Valid.class);
  }

  private ByteBuffer fill(RecordBatchBuilder builder) {
    while (builder.append(1, null, value, List.of())) {
      // until it is full
    }
    return builder.build();
  }

  /** On average, once the classes are there. */
  private static long allocatedBytes(Runnable work) {
    work.run();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
  }
}
