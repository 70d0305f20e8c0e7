package dev.funes.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.Header;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.record.Compression;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Between records in plain form and record batches, for those who call the API by hand. */
final class PlainRecords {
  private final ApiLimits limits;
  private final InstantSource clock;

  PlainRecords(ApiLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** One batch without compression and without a producer id. Throws {@link RequestProblem}. */
  ByteBuffer toBatch(RecordList list) {
    if (list.getRecordsCount() == 0) {
      throw new RequestProblem(Errors.invalid("records", "records must have at least one record"));
    }
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, limits.batchBytesMax());
    for (int i = 0; i < list.getRecordsCount(); i++) {
      Record plain = list.getRecords(i);
      check("records[" + i + "]", plain);
      long timestamp =
          plain.getTimestampMillis() == 0 ? clock.millis() : plain.getTimestampMillis();
      boolean taken =
          builder.append(
              timestamp,
              plain.hasKey() ? plain.getKey().toByteArray() : null,
              plain.hasValue() ? plain.getValue().toByteArray() : null,
              headers(plain));
      if (!taken) {
        throw new RequestProblem(batchTooLarge());
      }
    }
    return builder.build();
  }

  static Record toPlain(LogRecord logged) {
    Record.Builder plain =
        Record.newBuilder().setOffset(logged.offset()).setTimestampMillis(logged.timestampMillis());
    byte[] key = logged.key();
    if (key != null) {
      plain.setKey(UnsafeByteOperations.unsafeWrap(key));
    }
    byte[] value = logged.value();
    if (value != null) {
      plain.setValue(UnsafeByteOperations.unsafeWrap(value));
    }
    for (dev.funes.record.Header header : logged.headers()) {
      plain.addHeaders(toPlain(header));
    }
    return plain.build();
  }

  private static Header toPlain(dev.funes.record.Header header) {
    Header.Builder plain = Header.newBuilder().setName(header.name());
    byte @Nullable [] value = header.value();
    return value == null
        ? plain.build()
        : plain.setValue(UnsafeByteOperations.unsafeWrap(value)).build();
  }

  private static List<dev.funes.record.Header> headers(Record plain) {
    List<dev.funes.record.Header> headers = new ArrayList<>(plain.getHeadersCount());
    for (Header header : plain.getHeadersList()) {
      headers.add(
          new dev.funes.record.Header(
              header.getName(), header.hasValue() ? header.getValue().toByteArray() : null));
    }
    return headers;
  }

  private void check(String field, Record plain) {
    if (plain.getTimestampMillis() < 0) {
      throw new RequestProblem(
          Errors.invalid(
              field + ".timestamp_millis",
              field + ".timestamp_millis must be 0 or more, was " + plain.getTimestampMillis()));
    }
    long bytes = size(plain.getKey()) + size(plain.getValue());
    for (Header header : plain.getHeadersList()) {
      if (header.getName().isEmpty()) {
        throw new RequestProblem(
            Errors.invalid(field + ".headers", field + ".headers has a header without a name"));
      }
      bytes += header.getSerializedSize();
    }
    if (bytes > limits.recordBytesMax()) {
      throw new RequestProblem(
          Errors.overLimit(
              ErrorCode.RECORD_TOO_LARGE,
              field,
              "%s has %d bytes, more than the %d of a record"
                  .formatted(field, bytes, limits.recordBytesMax()),
              limits.recordBytesMax()));
    }
  }

  private Error batchTooLarge() {
    return Errors.overLimit(
        ErrorCode.BATCH_TOO_LARGE,
        "records",
        "records make a batch of more than " + limits.batchBytesMax() + " bytes",
        limits.batchBytesMax());
  }

  private static long size(ByteString bytes) {
    return bytes.size();
  }
}
