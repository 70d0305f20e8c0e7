package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.funes.record.BatchValidator.Reason;
import dev.funes.record.BatchValidator.Validation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {
  private final BatchValidator validator = new BatchValidator(1000, 4000);

  @ParameterizedTest
  @EnumSource
  void takesAWholeBatchWhereverItLies(Compression compression) {
    ByteBuffer batch = TestBatches.small(compression);
    for (ByteBuffer around : List.of(ByteBuffer.allocate(3000), ByteBuffer.allocateDirect(3000))) {
      around.position(17).put(batch.duplicate());
      around.flip().position(17);

      Validation validation = validator.validate(around.asReadOnlyBuffer());

      assertThat(validation)
          .isInstanceOfSatisfying(
              Validation.Valid.class, valid -> assertThat(valid.batch().bytes()).isEqualTo(batch));
      assertThat(around.position()).isEqualTo(17);
    }
  }

  @Test
  void refusesOtherVersionsOfTheFormat() {
    expect(Reason.UNSUPPORTED, "batch.magic", b -> b.put(BatchLayout.MAGIC, (byte) 1));
  }

  @Test
  void refusesWhatOnlyNodesAndTransactionsMayWrite() {
    expect(
        Reason.UNSUPPORTED,
        "batch.attributes",
        b -> b.putShort(BatchLayout.ATTRIBUTES, (short) 0x08));
    expect(
        Reason.UNSUPPORTED,
        "batch.attributes",
        b -> b.putShort(BatchLayout.ATTRIBUTES, (short) 0x10));
    expect(
        Reason.UNSUPPORTED,
        "batch.attributes",
        b -> b.putShort(BatchLayout.ATTRIBUTES, (short) 0x20));
    expect(
        Reason.UNSUPPORTED,
        "batch.attributes",
        b -> b.putShort(BatchLayout.ATTRIBUTES, (short) 0x40));
    expect(
        Reason.UNSUPPORTED,
        "batch.attributes",
        b -> b.putShort(BatchLayout.ATTRIBUTES, (short) 0x8000));
  }

  @Test
  void refusesCodecsThatDoNotExist() {
    for (short codec = 5; codec < 8; codec++) {
      short id = codec;
      expect(Reason.UNSUPPORTED, "batch.attributes", b -> b.putShort(BatchLayout.ATTRIBUTES, id));
    }
  }

  @Test
  void refusesCountsThatDoNotAgree() {
    expect(Reason.CORRUPT, "batch.recordCount", b -> b.putInt(BatchLayout.RECORD_COUNT, 4));
    expect(Reason.CORRUPT, "batch.recordCount", b -> b.putInt(BatchLayout.LAST_OFFSET_DELTA, 5));
    expect(Reason.CORRUPT, "batch.recordCount", b -> counts(b, 0));
    expect(Reason.CORRUPT, "batch.recordCount", b -> counts(b, Integer.MIN_VALUE));
    expect(Reason.CORRUPT, "batch.recordCount", b -> counts(b, Integer.MAX_VALUE));
    expect(Reason.CORRUPT, "batch.records", b -> counts(b, 4));
    expect(Reason.CORRUPT, "batch.records", b -> counts(b, 6));
  }

  @Test
  void refusesAProducerWithoutEpochOrSequence() {
    expect(Reason.CORRUPT, "batch.producerEpoch", b -> b.putLong(BatchLayout.PRODUCER_ID, 1));
    expect(
        Reason.CORRUPT,
        "batch.baseSequence",
        b -> b.putLong(BatchLayout.PRODUCER_ID, 1).putShort(BatchLayout.PRODUCER_EPOCH, (short) 0));
    expect(Reason.CORRUPT, "batch.producerId", b -> b.putLong(BatchLayout.PRODUCER_ID, -2));
  }

  @Test
  void refusesAGreatestTimestampThatIsNotOneOfTheRecords() {
    expect(
        Reason.CORRUPT,
        "batch.maxTimestamp",
        b -> b.putLong(BatchLayout.MAX_TIMESTAMP, TestBatches.NOW_MILLIS + 5));
    expect(Reason.CORRUPT, "record.timestamp", b -> b.putLong(BatchLayout.BASE_TIMESTAMP, -7));
  }

  @Test
  void refusesBytesBehindTheBatch() {
    byte[] longer = Arrays.copyOf(TestBatches.small(Compression.NONE).array(), 1000);

    assertInvalid(validator.validate(ByteBuffer.wrap(longer)), Reason.CORRUPT, "batch.length");
  }

  @Test
  void refusesABatchAboveTheLimitAndSaysTheLimit() {
    ByteBuffer batch = TestBatches.small(Compression.NONE);
    int size = batch.remaining();

    assertThat(new BatchValidator(1000, size).validate(batch)).isInstanceOf(Validation.Valid.class);
    Validation validation = new BatchValidator(1000, size - 1).validate(batch);

    assertInvalid(validation, Reason.BATCH_TOO_LARGE, "batch.length");
    assertThat(((Validation.Invalid) validation).limit()).isEqualTo(size - 1);
  }

  @ParameterizedTest
  @EnumSource
  void refusesARecordAboveTheLimitAndSaysTheLimit(Compression compression) {
    RecordBatchBuilder builder = new RecordBatchBuilder(compression, 4000);
    builder.append(1, null, new byte[10], List.of());
    builder.append(1, null, new byte[993], List.of());
    assertThat(validator.validate(builder.build())).isInstanceOf(Validation.Valid.class);
    builder.append(1, null, new byte[10], List.of());
    builder.append(1, null, new byte[994], List.of());

    Validation validation = validator.validate(builder.build());

    assertInvalid(validation, Reason.RECORD_TOO_LARGE, "record.length");
    assertThat(((Validation.Invalid) validation).limit()).isEqualTo(1000);
    assertThat(((Validation.Invalid) validation).message()).contains("1000").contains("1001");
  }

  @Test
  void refusesLimitsThatAdmitNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new BatchValidator(0, 1000));
    assertThatIllegalArgumentException().isThrownBy(() -> new BatchValidator(1, 61));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchValidator(1, RecordBatch.UNCOMPRESSED_BYTES_MAX + 1));
  }

  private static void counts(ByteBuffer batch, int count) {
    batch.putInt(BatchLayout.RECORD_COUNT, count).putInt(BatchLayout.LAST_OFFSET_DELTA, count - 1);
  }

  private void expect(Reason reason, String field, Consumer<ByteBuffer> change) {
    ByteBuffer batch = TestBatches.small(Compression.NONE);
    change.accept(batch);
    assertInvalid(validator.validate(TestBatches.withCrc(batch)), reason, field);
  }

  private static void assertInvalid(Validation validation, Reason reason, String field) {
    assertThat(validation)
        .isInstanceOfSatisfying(
            Validation.Invalid.class,
            invalid -> {
              assertThat(invalid.field()).as(invalid.message()).isEqualTo(field);
              assertThat(invalid.reason()).isEqualTo(reason);
            });
  }
}
