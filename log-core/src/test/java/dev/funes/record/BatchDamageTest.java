package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.funes.record.BatchValidator.Validation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damages a batch at every byte and checks that it is never taken for a whole one. */
class BatchDamageTest {
  private static final BatchValidator VALIDATOR = new BatchValidator(1 << 20, 1 << 20);

  @ParameterizedTest
  @EnumSource
  void refusesAFlippedByteWhereverTheChecksumOrTheLengthCoversIt(Compression compression) {
    byte[] whole = TestBatches.small(compression).array();
    assertThat(VALIDATOR.validate(ByteBuffer.wrap(whole))).isInstanceOf(Validation.Valid.class);

    for (int i = BatchLayout.LENGTH; i < whole.length; i++) {
      boolean leaderEpoch = i >= BatchLayout.LEADER_EPOCH && i < BatchLayout.MAGIC;
      if (leaderEpoch) {
        continue; // A node writes over it, so nothing covers it.
      }
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] damaged = whole.clone();
        damaged[i] ^= (byte) (1 << bit);

        assertThat(VALIDATOR.validate(ByteBuffer.wrap(damaged)))
            .as("bit %d of byte %d", bit, i)
            .isInstanceOf(Validation.Invalid.class);
        assertThatExceptionOfType(InvalidBatchException.class)
            .as("bit %d of byte %d", bit, i)
            .isThrownBy(() -> read(ByteBuffer.wrap(damaged)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesABatchCutAnywhere(Compression compression) {
    byte[] whole = TestBatches.small(compression).array();

    for (int cut = 0; cut < whole.length; cut++) {
      ByteBuffer torn = ByteBuffer.wrap(whole, 0, cut);

      assertThat(VALIDATOR.validate(torn))
          .as("cut at %d", cut)
          .isInstanceOf(Validation.Invalid.class);
      assertThatExceptionOfType(InvalidBatchException.class)
          .as("cut at %d", cut)
          .isThrownBy(() -> RecordBatch.at(torn, 0));
    }
  }

  /**
   * Shortens the records and makes header and checksum agree with it: only the record walk can
   * notice.
   */
  @ParameterizedTest
  @EnumSource
  void refusesRecordsCutAnywhereBehindAValidChecksum(Compression compression) {
    byte[] whole = TestBatches.small(compression).array();

    for (int size = RecordBatch.HEADER_BYTES; size < whole.length; size++) {
      ByteBuffer shortened = ByteBuffer.wrap(Arrays.copyOf(whole, size));
      shortened.putInt(BatchLayout.LENGTH, size - 12);
      TestBatches.withCrc(shortened);

      assertThat(VALIDATOR.validate(shortened))
          .as("cut at %d of %d", size, whole.length)
          .isInstanceOf(Validation.Invalid.class);
    }
  }

  private static void read(ByteBuffer bytes) {
    RecordBatch batch = RecordBatch.at(bytes, 0);
    if (batch.sizeBytes() != bytes.remaining()) {
      throw new InvalidBatchException("batch.length", "not the whole buffer");
    }
    batch.records(1 << 20);
  }
}
