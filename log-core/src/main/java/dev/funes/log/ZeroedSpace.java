package dev.funes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Takes disk space by writing zeros, for ranges that were never written. */
final class ZeroedSpace {
  private static final int CHUNK_BYTES = 1 << 16;

  private ZeroedSpace() {}

  static void fill(Path file, long from, long to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(CHUNK_BYTES, to - from));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = from; at < to; ) {
        zeros.position(0).limit((int) Math.min(zeros.capacity(), to - at));
        at += channel.write(zeros, at);
      }
    }
  }
}
