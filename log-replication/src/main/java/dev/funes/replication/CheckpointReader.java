package dev.funes.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Reads one file of a checkpoint that is kept for another node. One thread at a time. */
public final class CheckpointReader implements AutoCloseable {

  private final FileChannel channel;
  private final long end;
  private final Runnable stillRead;
  private long position;

  CheckpointReader(Path file, long position, long end, Runnable stillRead) throws IOException {
    if (position < 0 || position > end) {
      throw new IOException(
          "expected a position from 0 to "
              + end
              + " in "
              + file.getFileName()
              + ", was "
              + position);
    }
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.position = position;
    this.end = end;
    this.stillRead = stillRead;
  }

  /** The next bytes, at most so many; null at the end. */
  public @Nullable ByteBuffer next(int bytesMax) throws IOException {
    if (position == end) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(bytesMax, end - position));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("a file of the checkpoint ends too early, before byte " + end);
      }
    }
    position += bytes.capacity();
    stillRead.run();
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
