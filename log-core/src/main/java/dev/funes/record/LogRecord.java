package dev.funes.record;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record as it is read from a log.
 *
 * <p>Key and value are not copied: whoever holds a record must not change the arrays. Equality is
 * by content.
 *
 * @param offset the position in the partition, from 0
 * @param timestampMillis milliseconds since 1970 in UTC, or -1 when the producer gave none
 */
@SuppressWarnings("ArrayRecordComponent") // bytes without a copy; equality is written out below
public record LogRecord(
    long offset,
    long timestampMillis,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {
  // Written out: javac drops the @Nullable of the components from a compact constructor.
  public LogRecord(
      long offset,
      long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers) {
    this.offset = offset;
    this.timestampMillis = timestampMillis;
    this.key = key;
    this.value = value;
    this.headers = List.copyOf(headers);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LogRecord that
        && offset == that.offset
        && timestampMillis == that.timestampMillis
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value)
        && headers.equals(that.headers);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(offset) + 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "LogRecord[offset "
        + offset
        + ", timestamp "
        + timestampMillis
        + ", key "
        + length(key)
        + ", value "
        + length(value)
        + ", "
        + headers.size()
        + " headers]";
  }

  private static String length(byte @Nullable [] bytes) {
    return bytes == null ? "null" : bytes.length + " bytes";
  }
}
