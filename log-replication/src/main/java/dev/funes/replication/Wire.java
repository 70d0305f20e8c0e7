package dev.funes.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cluster.PartitionId;
import dev.funes.log.LogSettings;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * How the values of this package are laid out: big-endian, strings in UTF-8 behind a 16-bit length.
 * Every read checks its bounds and its range, and throws {@link MalformedEntryException}.
 */
final class Wire {

  static final int STRING_BYTES_MAX = 0xffff;
  static final int PARTITION_BYTES = Long.BYTES + Integer.BYTES;
  static final int SETTINGS_BYTES = Integer.BYTES + 3 * Long.BYTES;

  private Wire() {}

  static void need(ByteBuffer in, int bytes) {
    if (bytes < 0 || in.remaining() < bytes) {
      throw new MalformedEntryException(
          "expected " + bytes + " bytes at position " + in.position() + ", had " + in.remaining());
    }
  }

  static byte readByte(ByteBuffer in) {
    need(in, Byte.BYTES);
    return in.get();
  }

  static int readInt(ByteBuffer in) {
    need(in, Integer.BYTES);
    return in.getInt();
  }

  static long readLong(ByteBuffer in) {
    need(in, Long.BYTES);
    return in.getLong();
  }

  /** A number from 0 on. */
  static long readPositive(ByteBuffer in) {
    long number = readLong(in);
    if (number < 0) {
      throw new MalformedEntryException("expected a number from 0 on, was " + number);
    }
    return number;
  }

  /** What is left, as a slice. */
  static ByteBuffer readRest(ByteBuffer in) {
    ByteBuffer rest = in.slice();
    in.position(in.limit());
    return rest;
  }

  static boolean readFlag(ByteBuffer in) {
    byte flag = readByte(in);
    if (flag < 0 || flag > 1) {
      throw new MalformedEntryException("expected 0 or 1, was " + flag);
    }
    return flag == 1;
  }

  /** A count of things that take at least {@code bytesEach}; so a wild count allocates nothing. */
  static int readCount(ByteBuffer in, int bytesEach) {
    int count = readInt(in);
    if (count < 0 || count > in.remaining() / bytesEach) {
      throw new MalformedEntryException("count " + count + " does not fit what follows");
    }
    return count;
  }

  static void readEnd(ByteBuffer in) {
    if (in.hasRemaining()) {
      throw new MalformedEntryException(in.remaining() + " bytes too many");
    }
  }

  /** Throws IllegalArgumentException when the text is too long. */
  static int stringBytes(String text) {
    int bytes = text.getBytes(UTF_8).length;
    if (bytes > STRING_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a text must have at most " + STRING_BYTES_MAX + " bytes, has " + bytes);
    }
    return Short.BYTES + bytes;
  }

  static void putString(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }

  static String readString(ByteBuffer in) {
    need(in, Short.BYTES);
    int length = Short.toUnsignedInt(in.getShort());
    need(in, length);
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedEntryException("a text is not UTF-8: " + e.getMessage());
    }
  }

  static void putPartition(ByteBuffer out, PartitionId partition) {
    out.putLong(partition.topicId()).putInt(partition.partition());
  }

  static PartitionId readPartition(ByteBuffer in) {
    long topicId = readLong(in);
    int partition = readInt(in);
    try {
      return new PartitionId(topicId, partition);
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(String.valueOf(e.getMessage()));
    }
  }

  static void putSettings(ByteBuffer out, LogSettings settings) {
    out.putInt(settings.segmentBytes())
        .putLong(settings.segmentMillis())
        .putLong(settings.retentionMillis())
        .putLong(settings.retentionBytes());
  }

  static LogSettings readSettings(ByteBuffer in) {
    int segmentBytes = readInt(in);
    long segmentMillis = readLong(in);
    long retentionMillis = readLong(in);
    long retentionBytes = readLong(in);
    try {
      return new LogSettings(segmentBytes, segmentMillis, retentionMillis, retentionBytes);
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(String.valueOf(e.getMessage()));
    }
  }
}
