package dev.funes.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;

/**
 * Reads the two forms of Snappy that Kafka's clients write: snappy-java's framing of many blocks,
 * and one bare block. The library's own stream makes room for whatever size a block plausibly
 * claims; this one asks the limit first.
 */
final class SnappyInput extends InputStream {
  private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};

  /** The magic, the version and the oldest version that can read it. */
  private static final int FRAME_HEADER_BYTES = 16;

  private final ByteBuffer source;
  private final boolean framed;
  private byte[] compressed = {};
  private byte[] block = {};
  private int blockPosition;
  private int blockSize;
  private long bytesLeftMax;

  SnappyInput(ByteBuffer source, int bytesMax) {
    this.source = source;
    this.bytesLeftMax = bytesMax;
    this.framed = startsWithMagic(source);
    if (framed) {
      source.position(source.position() + FRAME_HEADER_BYTES);
    }
  }

  private static boolean startsWithMagic(ByteBuffer source) {
    return source.remaining() >= FRAME_HEADER_BYTES
        && source.slice(source.position(), MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (blockPosition == blockSize) {
      if (!source.hasRemaining()) {
        return -1;
      }
      nextBlock();
    }
    int count = Math.min(length, blockSize - blockPosition);
    System.arraycopy(block, blockPosition, target, offset, count);
    blockPosition += count;
    return count;
  }

  private void nextBlock() throws IOException {
    int size = framed ? frameSize() : source.remaining();
    if (compressed.length < size) {
      compressed = new byte[size];
    }
    source.get(compressed, 0, size);
    long claimed = Snappy.uncompressedLength(compressed, 0, size);
    if (claimed < 0 || claimed > bytesLeftMax) {
      throw new IOException("expected a block of 0 to " + bytesLeftMax + " bytes, was " + claimed);
    }
    if (block.length < claimed) {
      block = new byte[(int) claimed];
    }
    blockSize = Snappy.uncompress(compressed, 0, size, block, 0);
    blockPosition = 0;
    bytesLeftMax -= blockSize;
  }

  private int frameSize() throws IOException {
    int size = source.remaining() < Integer.BYTES ? -1 : source.getInt();
    if (size < 0 || size > source.remaining()) {
      throw new IOException("the size of a block passes the end: " + size);
    }
    return size;
  }
}
