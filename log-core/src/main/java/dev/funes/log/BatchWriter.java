package dev.funes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes a batch at the position of a segment's file. */
@FunctionalInterface
interface BatchWriter {
  BatchWriter TO_CHANNEL =
      (channel, parts) -> {
        while (parts[parts.length - 1].hasRemaining()) {
          channel.write(parts);
        }
      };

  /**
   * Writes all parts, one after the other.
   *
   * @throws IOException when the disk is full or fails; some of it may be written then
   */
  void write(FileChannel channel, ByteBuffer[] parts) throws IOException;
}
