package org.apache.ratis.util;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * CRC-32C by the JDK, which the JIT turns into the processor's own instruction. Stands in for the
 * class of the same name in Apache Ratis, whose table-driven sums were most of the processor time
 * of the write path; the sums are the same. Not thread-safe.
 */
public class PureJavaCrc32C implements Checksum {

  private final CRC32C crc = new CRC32C();

  @Override
  public long getValue() {
    return crc.getValue();
  }

  @Override
  public void reset() {
    crc.reset();
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
  }

  /** Takes the remaining bytes; the position of the buffer is its limit afterwards. */
  @Override
  public void update(ByteBuffer bytes) {
    crc.update(bytes);
  }

  @Override
  public final void update(int oneByte) {
    crc.update(oneByte);
  }
}
