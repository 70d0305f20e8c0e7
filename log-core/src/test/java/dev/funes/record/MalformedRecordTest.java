package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.funes.record.BatchValidator.Validation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Records that are wrong in one way each, in batches whose header and checksum are right. */
class MalformedRecordTest {
  /** Makes the greatest timestamp that {@link TestBatches#around} claims. */
  private static final int DELTA_OF_GREATEST = 4;

  private static final BatchValidator VALIDATOR = new BatchValidator(1 << 20, 1 << 20);

  @Test
  void takesTheRecordThatTheOthersDifferFrom() {
    ByteBuffer batch = batch(record(body -> fields(body, 0, 1, 1, 0)));

    assertThat(VALIDATOR.validate(batch)).isInstanceOf(Validation.Valid.class);
    assertThat(RecordBatch.at(batch, 0).records(1000)).hasSize(1);
  }

  @Test
  void refusesAnOffsetThatIsNotTheNext() {
    refused("record.offsetDelta", record(body -> fields(body, 1, 1, 1, 0)));
    refused("record.offsetDelta", record(body -> fields(body, -1, 1, 1, 0)));
  }

  @Test
  void refusesLengthsThatPassTheRecord() {
    refused("record.key", record(body -> fields(body, 0, 100, 1, 0)));
    refused("record.key", record(body -> fields(body, 0, -2, 1, 0)));
    refused("record.value", record(body -> fields(body, 0, 1, 100, 0)));
    refused("record.value", record(body -> fields(body, 0, 1, Integer.MIN_VALUE, 0)));
  }

  @Test
  void refusesHeaderCountsThatPassTheRecord() {
    refused("record.headers", record(body -> fields(body, 0, 1, 1, 1)));
    refused("record.headers", record(body -> fields(body, 0, 1, 1, Integer.MAX_VALUE)));
    refused("record.headers", record(body -> fields(body, 0, 1, 1, -1)));
  }

  @Test
  void refusesAHeaderWithoutAName() {
    refused(
        "record.headerName",
        record(
            body -> {
              fields(body, 0, 1, 1, 1);
              body.writeVarint(-1);
              body.writeVarint(-1);
            }));
    refused(
        "record.headerValue",
        record(
            body -> {
              fields(body, 0, 1, 1, 1);
              body.writeVarint(0);
              body.writeVarint(5);
            }));
  }

  @Test
  void refusesARecordThatIsLongerThanItsFields() {
    refused(
        "record.length",
        record(
            body -> {
              fields(body, 0, 1, 1, 0);
              body.write(0);
            }));
  }

  @Test
  void refusesARecordThatPassesTheBatch() {
    byte[] whole = record(body -> fields(body, 0, 1, 1, 0));

    refused("record.length", Arrays.copyOf(whole, whole.length - 1));
    refused("record.length", new byte[] {0});
    refused("record.length", new byte[] {1});
    refused("batch.records", new byte[0]);
  }

  @Test
  void refusesBytesBehindTheLastRecord() {
    byte[] whole = record(body -> fields(body, 0, 1, 1, 0));

    refused("batch.records", Arrays.copyOf(whole, whole.length + 1));
  }

  @Test
  void refusesNumbersThatAreTooLong() {
    refused("batch.records", new byte[] {-1, -1, -1, -1, 0x1f, 0});
    refused(
        "batch.records",
        record(
            body -> {
              body.write(0);
              body.write(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 2}, 0, 10);
            }));
  }

  /** Up to the header count, which comes last when there is no header. */
  private static void fields(
      GrowingBuffer body, int offsetDelta, int keyBytes, int valueBytes, int headerCount) {
    body.write(0);
    body.writeVarlong(DELTA_OF_GREATEST);
    body.writeVarint(offsetDelta);
    body.writeVarint(keyBytes);
    body.write('k');
    body.writeVarint(valueBytes);
    body.write('v');
    body.writeVarint(headerCount);
  }

  private static byte[] record(Consumer<GrowingBuffer> writer) {
    GrowingBuffer body = new GrowingBuffer(16);
    writer.accept(body);
    GrowingBuffer record = new GrowingBuffer(16);
    record.writeVarint(body.size());
    record.write(body.array(), 0, body.size());
    return Arrays.copyOf(record.array(), record.size());
  }

  private static ByteBuffer batch(byte[] payload) {
    return TestBatches.around(Compression.NONE, 1, payload);
  }

  private static void refused(String field, byte[] payload) {
    ByteBuffer batch = batch(payload);
    assertThat(VALIDATOR.validate(batch))
        .isInstanceOfSatisfying(
            Validation.Invalid.class,
            invalid -> {
              assertThat(invalid.field()).as(invalid.message()).isEqualTo(field);
              assertThat(invalid.reason()).isEqualTo(BatchValidator.Reason.CORRUPT);
            });
    InvalidBatchException thrown =
        catchThrowableOfType(
            InvalidBatchException.class, () -> RecordBatch.at(batch, 0).records(1 << 20));
    assertThat(thrown).isNotNull();
    assertThat(thrown.field()).isEqualTo(field);
  }
}
