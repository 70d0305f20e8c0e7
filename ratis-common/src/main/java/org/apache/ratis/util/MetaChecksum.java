package org.apache.ratis.util;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum at the end of the two files that Ratis keeps beside a Raft log, so that a flipped
 * bit cannot make another term, vote or voter of them. Ratis reads over it: in {@code raft-meta},
 * which is text, it is a comment, and in {@code raft-meta.conf}, which is a message of protobuf, a
 * field that nobody knows. It is the CRC32C of the bytes before it.
 */
public final class MetaChecksum {

  private static final String VOTE = "raft-meta";
  private static final String VOTERS = "raft-meta.conf";
  private static final byte[] NONE = {};

  /** The key of the highest field number there is, 2^29 - 1, with four bytes, as a varint. */
  private static final byte[] KEY = {(byte) 0xfd, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};

  private MetaChecksum() {}

  /** What comes after the content; nothing for all other files. */
  static byte[] of(Path file, byte[] content) {
    CRC32C sum = new CRC32C();
    sum.update(content);
    int crc = (int) sum.getValue();
    if (file.endsWith(VOTE)) {
      return ("#crc32c=" + HexFormat.of().toHexDigits(crc) + "\n")
          .getBytes(StandardCharsets.US_ASCII);
    }
    if (file.endsWith(VOTERS)) {
      return ByteBuffer.allocate(KEY.length + Integer.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put(KEY)
          .putInt(crc)
          .array();
    }
    return NONE;
  }

  /**
   * Whether a file ends with the checksum of what is before it.
   *
   * @param file one of the two
   * @param bytes all that is in it
   */
  public static boolean matches(Path file, byte[] bytes) {
    int end = bytes.length - of(file, NONE).length;
    return end >= 0
        && Arrays.equals(
            of(file, Arrays.copyOf(bytes, end)), Arrays.copyOfRange(bytes, end, bytes.length));
  }
}
