package dev.funes.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed bytes of a batch's records, read forwards: straight from the buffer when the
 * batch is not compressed, else through a small window that is refilled from the codec. Not
 * thread-safe.
 */
final class RecordInput implements AutoCloseable {
  private static final int WINDOW_BYTES = 16 * 1024;

  private static final byte[] NOTHING = {};

  private final ByteBuffer window;

  /** What the window is on when the batch is compressed. */
  private final byte[] windowArray;

  private final @Nullable InputStream decompressed;
  private final int bytesMax;

  /** How many bytes ever came into the window. */
  private long filledBytes;

  private RecordInput(ByteBuffer uncompressed, int bytesMax) {
    this.window = uncompressed;
    this.windowArray = NOTHING;
    this.decompressed = null;
    this.bytesMax = bytesMax;
    this.filledBytes = uncompressed.remaining();
    checkLimit();
  }

  private RecordInput(InputStream decompressed, int bytesMax) {
    this.windowArray = new byte[WINDOW_BYTES];
    this.window = ByteBuffer.wrap(windowArray).limit(0);
    this.decompressed = decompressed;
    this.bytesMax = bytesMax;
  }

  static RecordInput open(RecordBatch batch, int bytesMax) {
    Compression compression = batch.compression();
    ByteBuffer payload = batch.payload();
    if (compression == Compression.NONE) {
      return new RecordInput(payload, bytesMax);
    }
    try {
      return new RecordInput(Codec.decompress(compression, payload, bytesMax), bytesMax);
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
  }

  long consumedBytes() {
    return filledBytes - window.remaining();
  }

  byte read() {
    if (!window.hasRemaining() && !refill()) {
      throw truncated();
    }
    return window.get();
  }

  int varint() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      byte next = read();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    byte last = read();
    if ((last & 0xf0) != 0) {
      throw new InvalidBatchException("batch.records", "a 32-bit number with more than 32 bits");
    }
    value |= last << 28;
    return (value >>> 1) ^ -(value & 1);
  }

  long varlong() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte next = read();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    byte last = read();
    if ((last & 0xfe) != 0) {
      throw new InvalidBatchException("batch.records", "a 64-bit number with more than 64 bits");
    }
    value |= (long) last << 63;
    return (value >>> 1) ^ -(value & 1);
  }

  /** Refuses a length that cannot be there, before anything is allocated for it. */
  void expectRoom(int length, String field) {
    long room = decompressed == null ? window.remaining() : bytesMax - consumedBytes();
    if (length > room) {
      throw new InvalidBatchException(
          field, "expected at most " + room + " bytes more, was " + length);
    }
  }

  void skip(int count) {
    int left = count;
    while (left > window.remaining()) {
      left -= window.remaining();
      window.position(window.limit());
      if (!refill()) {
        throw truncated();
      }
    }
    window.position(window.position() + left);
  }

  byte[] bytes(int count) {
    byte[] copy = new byte[count];
    int done = 0;
    while (count - done > window.remaining()) {
      int part = window.remaining();
      window.get(copy, done, part);
      done += part;
      if (!refill()) {
        throw truncated();
      }
    }
    window.get(copy, done, count - done);
    return copy;
  }

  void expectEnd() {
    if (window.hasRemaining() || refill()) {
      throw new InvalidBatchException("batch.records", "there are bytes after the last record");
    }
  }

  private boolean refill() {
    if (decompressed == null) {
      return false;
    }
    int count;
    try {
      count = decompressed.readNBytes(windowArray, 0, windowArray.length);
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
    window.position(0).limit(count);
    filledBytes += count;
    checkLimit();
    return count > 0;
  }

  private void checkLimit() {
    if (filledBytes > bytesMax) {
      throw new InvalidBatchException(
          "batch.records", "expected at most " + bytesMax + " bytes uncompressed, was more");
    }
  }

  private static InvalidBatchException truncated() {
    return new InvalidBatchException("batch.records", "the records end in the middle of one");
  }

  private static InvalidBatchException damaged(Exception cause) {
    return cause instanceof InvalidBatchException invalid
        ? invalid
        : new InvalidBatchException(
            "batch.records", "cannot be decompressed: " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    if (decompressed != null) {
      try {
        decompressed.close();
      } catch (IOException e) {
        throw damaged(e);
      }
    }
  }
}
