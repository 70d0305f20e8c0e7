package dev.funes.record;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.xerial.snappy.SnappyOutputStream;

/** The four codecs, in the formats that Kafka's clients write and read. */
final class Codec {
  /**
   * How far back a zstd frame may refer, as a power of two: 8 MiB, enough for every level up to 19.
   * A frame asks for that much native memory before its first byte is out, so it cannot be left to
   * the sender.
   */
  private static final int ZSTD_WINDOW_LOG_MAX = 23;

  private static final int GZIP_BUFFER_BYTES = 8 * 1024;

  private Codec() {}

  /** Appends the compressed bytes to the target. */
  static void compress(
      Compression compression, byte[] source, int offset, int length, GrowingBuffer target) {
    if (compression == Compression.ZSTD) {
      compressZstd(source, offset, length, target);
      return;
    }
    try (OutputStream out = compressing(compression, target)) {
      out.write(source, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException("expected no I/O in memory", e);
    }
  }

  private static OutputStream compressing(Compression compression, OutputStream target)
      throws IOException {
    return switch (compression) {
      case GZIP -> new GZIPOutputStream(target, GZIP_BUFFER_BYTES);
      case SNAPPY -> new SnappyOutputStream(target);
      case LZ4 ->
          new LZ4FrameOutputStream(target, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE);
      case NONE, ZSTD -> throw new IllegalArgumentException("no stream for " + compression);
    };
  }

  /**
   * At once, not as a stream: the frame then says its size and asks its reader for no more than
   * that.
   */
  private static void compressZstd(byte[] source, int offset, int length, GrowingBuffer target) {
    int before = target.size();
    int most = Math.toIntExact(Zstd.compressBound(length));
    target.resize(before + most);
    long written =
        Zstd.compressByteArray(
            target.array(), before, most, source, offset, length, Zstd.defaultCompressionLevel());
    if (Zstd.isError(written)) {
      throw new IllegalStateException("zstd: " + Zstd.getErrorName(written));
    }
    target.resize(before + (int) written);
  }

  /**
   * The uncompressed bytes, as a stream that holds one block at a time. Damage shows as an
   * IOException or a RuntimeException, here or while reading.
   */
  static InputStream decompress(Compression compression, ByteBuffer source, int bytesMax)
      throws IOException {
    return switch (compression) {
      case NONE -> new BufferInput(source);
      case GZIP -> new GZIPInputStream(new BufferInput(source), GZIP_BUFFER_BYTES);
      case SNAPPY -> new SnappyInput(source, bytesMax);
      case LZ4 -> new LZ4FrameInputStream(new BufferInput(source), true);
      case ZSTD -> decompressZstd(source);
    };
  }

  private static InputStream decompressZstd(ByteBuffer source) throws IOException {
    ZstdInputStreamNoFinalizer stream =
        new ZstdInputStreamNoFinalizer(new BufferInput(source), RecyclingBufferPool.INSTANCE);
    stream.setLongMax(ZSTD_WINDOW_LOG_MAX);
    return stream;
  }
}
