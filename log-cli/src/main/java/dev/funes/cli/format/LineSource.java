package dev.funes.cli.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record a line. Lines are bytes up to a newline, without it; a carriage return belongs to the
 * line; the last line needs no newline. With a separator, what stands before its first occurrence
 * is the key, and the rest is the value; a line without one is a value without a key.
 */
public final class LineSource implements RecordSource {
  /** A longer line cannot be a record anywhere: it is what a batch may be at most. */
  public static final int LINE_BYTES_MAX = 4 * 1024 * 1024;

  private static final int BUFFER_BYTES = 256 * 1024;

  private final InputStream in;
  private final byte @Nullable [] keySeparator;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;
  private boolean ended;
  private long lineNumber;

  /** Reads lines from the input; the separator is null when lines have no key. */
  public LineSource(InputStream in, byte @Nullable [] keySeparator) {
    if (keySeparator != null && keySeparator.length == 0) {
      throw new IllegalArgumentException("the key separator is empty");
    }
    this.in = in;
    this.keySeparator = keySeparator;
  }

  @Override
  public @Nullable InputRecord next() throws IOException {
    int searched = from;
    while (true) {
      int newline = indexOfNewline(searched);
      if (newline >= 0) {
        InputRecord record = record(from, newline);
        from = newline + 1;
        return record;
      }
      if (ended) {
        if (from == to) {
          return null;
        }
        InputRecord record = record(from, to);
        from = to;
        return record;
      }
      int kept = to - from;
      fill();
      searched = from + kept;
    }
  }

  private int indexOfNewline(int searchFrom) {
    byte[] bytes = buffer;
    for (int at = searchFrom; at < to; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    return -1;
  }

  /** Makes room behind what is not used yet, and reads once. */
  private void fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to > LINE_BYTES_MAX) {
      throw new BadInputException(
          lineNumber + 1, "longer than " + LINE_BYTES_MAX + " bytes, which is the limit");
    }
    if (to == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, to, buffer.length - to);
    if (read < 0) {
      ended = true;
    } else {
      to += read;
    }
  }

  private InputRecord record(int start, int end) {
    return split(buffer, start, end, keySeparator, ++lineNumber);
  }

  /** Makes a record of some bytes: key and value, when a separator is given and found. */
  public static InputRecord split(
      byte[] bytes, int start, int end, byte @Nullable [] separator, long lineNumber) {
    byte[] key = null;
    int valueStart = start;
    if (separator != null) {
      int keyEnd = indexOf(separator, bytes, start, end);
      if (keyEnd >= 0) {
        key = Arrays.copyOfRange(bytes, start, keyEnd);
        valueStart = keyEnd + separator.length;
      }
    }
    byte[] value = Arrays.copyOfRange(bytes, valueStart, end);
    return new InputRecord(lineNumber, null, InputRecord.NOW, key, value, List.of());
  }

  private static int indexOf(byte[] separator, byte[] bytes, int start, int end) {
    for (int at = start; at <= end - separator.length; at++) {
      if (bytes[at] == separator[0]
          && Arrays.equals(bytes, at, at + separator.length, separator, 0, separator.length)) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
