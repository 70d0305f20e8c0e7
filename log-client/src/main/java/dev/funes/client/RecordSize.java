package dev.funes.client;

import dev.funes.record.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many bytes a record takes in a batch, before compression. */
final class RecordSize {
  /** What the timestamp and offset of a record may take beyond one byte each. */
  static final int DELTA_BYTES_MAX = 13;

  /** What the length in front of a record may take. */
  static final int LENGTH_BYTES_MAX = 5;

  private static final int ATTRIBUTES_AND_DELTAS_BYTES = 3;

  private RecordSize() {}

  /** Without the length in front, for a record that is the first of its batch. */
  static long bytes(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
    long bytes = ATTRIBUTES_AND_DELTAS_BYTES + fieldBytes(key) + fieldBytes(value);
    bytes += varintBytes(headers.size());
    for (Header header : headers) {
      bytes += fieldBytes(header.name().getBytes(StandardCharsets.UTF_8));
      bytes += fieldBytes(header.value());
    }
    return bytes;
  }

  private static long fieldBytes(byte @Nullable [] field) {
    return field == null ? 1 : (long) varintBytes(field.length) + field.length;
  }

  /** Seven bits a byte, after the zigzag that doubles what is not negative. */
  private static int varintBytes(int value) {
    int bits = 64 - Long.numberOfLeadingZeros(2L * value | 1);
    return (bits + 6) / 7;
  }
}
