package dev.funes.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;

/** Record batches for tests. */
final class Batches {
  static final int BYTES_MAX = 8 << 20;

  private Batches() {}

  /** One batch with a record for each value, all with the same timestamp. */
  static ByteBuffer of(long timestampMillis, String... values) {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, BYTES_MAX);
    for (String value : values) {
      builder.append(timestampMillis, null, value.getBytes(UTF_8), List.of());
    }
    return builder.build();
  }

  /** One batch with a record for each timestamp. */
  static ByteBuffer at(long... timestampsMillis) {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.GZIP, BYTES_MAX);
    for (long timestamp : timestampsMillis) {
      builder.append(timestamp, null, new byte[3], List.of());
    }
    return builder.build();
  }

  /** One batch of one record of this many bytes. */
  static ByteBuffer ofBytes(long timestampMillis, int valueBytes) {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, BYTES_MAX);
    builder.append(timestampMillis, null, new byte[valueBytes], List.of());
    return builder.build();
  }
}
