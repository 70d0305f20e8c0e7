package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.record.BatchValidator.Validation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Feeds garbage and half-right batches: they are refused in the two agreed ways, or they are
 * consistent.
 */
class BatchFuzzTest {
  private static final int ROUNDS = 20_000;
  private static final int RECORD_BYTES_MAX = 4096;
  private static final BatchValidator VALIDATOR = new BatchValidator(RECORD_BYTES_MAX, 1 << 16);

  @Test
  void refusesGarbage() {
    Random random = Seed.random("refusesGarbage");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] garbage = new byte[random.nextInt(300)];
      random.nextBytes(garbage);
      if (garbage.length >= RecordBatch.HEADER_BYTES && random.nextBoolean()) {
        ByteBuffer.wrap(garbage)
            .putInt(BatchLayout.LENGTH, garbage.length - 12)
            .put(BatchLayout.MAGIC, (byte) 2);
      }

      check(ByteBuffer.wrap(garbage));
    }
  }

  /**
   * The interesting half: the checksum is right, so damage gets through to the codecs and to the
   * record walk.
   */
  @Test
  void refusesOrUnderstandsDamagedRecordsBehindAValidChecksum() {
    Random random = Seed.random("refusesOrUnderstandsDamagedRecordsBehindAValidChecksum");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Compression compression = Compression.ofId(random.nextInt(5));
      byte[] bytes = TestBatches.small(compression).array();
      int damages = 1 + random.nextInt(4);
      for (int i = 0; i < damages; i++) {
        int at = random.nextInt(BatchLayout.ATTRIBUTES, bytes.length);
        bytes[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ (1 << random.nextInt(8)));
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(RecordBatch.HEADER_BYTES, bytes.length + 20));
      }
      ByteBuffer batch = ByteBuffer.wrap(bytes).putInt(BatchLayout.LENGTH, bytes.length - 12);

      refused += check(TestBatches.withCrc(batch)) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(ROUNDS / 2);
  }

  @Test
  void refusesGarbageInPlaceOfTheRecords() {
    Random random = Seed.random("refusesGarbageInPlaceOfTheRecords");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] payload = new byte[random.nextInt(200)];
      random.nextBytes(payload);

      check(
          TestBatches.around(Compression.ofId(random.nextInt(5)), 1 + random.nextInt(9), payload));
    }
  }

  /**
   * Whatever is valid can be read, whole and within the limits; whatever is not throws only the one
   * exception.
   */
  private static boolean check(ByteBuffer bytes) {
    boolean valid = VALIDATOR.validate(bytes) instanceof Validation.Valid;
    try {
      for (RecordBatch batch : RecordBatch.split(bytes)) {
        List<LogRecord> records = batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX);
        if (valid) {
          assertThat(records).hasSize(batch.recordCount());
          assertThat(records.getLast().offset()).isEqualTo(batch.lastOffset());
        }
      }
    } catch (InvalidBatchException e) {
      assertThat(valid).as(e.getMessage()).isFalse();
      assertThat(e.field()).isNotEmpty();
    }
    return valid;
  }
}
