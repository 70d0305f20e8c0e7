package dev.funes.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A node's data directory, held by this process alone. It is tried before anything depends on it:
 * created, locked and written to.
 */
final class DataDirectory implements AutoCloseable {
  /** Enough to tell a full disk from one with a little room for Raft metadata. */
  private static final int PROBE_BYTES = 4 << 20;

  private final FileChannel lockChannel;

  private DataDirectory(FileChannel lockChannel) {
    this.lockChannel = lockChannel;
  }

  /** Throws {@link StartException} when the directory cannot be used. */
  static DataDirectory open(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        lock(directory, channel);
        probe(directory);
        return new DataDirectory(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StartException(
          "data directory " + directory + " cannot be used: " + reason(e, directory), e);
    }
  }

  /** The lock goes with the channel, and with the process. */
  @Override
  public void close() throws IOException {
    lockChannel.close();
  }

  private static void lock(Path directory, FileChannel channel) throws IOException {
    if (tryLock(channel) == null) {
      throw new StartException(
          "data directory " + directory + " is in use by another running node");
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  /** Really writes: a full or read-only disk shows here and not in the middle of a record. */
  private static void probe(Path directory) throws IOException {
    Path file = directory.resolve("probe.tmp");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer zeros = ByteBuffer.allocate(PROBE_BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      channel.force(true);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static String reason(IOException e, Path directory) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    if (reason != null) {
      return reason;
    }
    String name = e.getClass().getSimpleName().replace("Exception", "");
    return e instanceof FileSystemException f && f.getFile() != null
        ? name + " " + f.getFile()
        : name + " " + directory;
  }
}
