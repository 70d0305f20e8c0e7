package dev.funes.log;

import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches of a segment's file to check them: by calls and not through a mapping, so that a
 * file that is short, or that the disk cannot read, is an answer and no fault in memory. One
 * thread.
 */
final class BatchFile implements AutoCloseable {
  /** No node takes larger ones; a length beyond it is damage and not a reason to fill the heap. */
  static final int BATCH_BYTES_MAX = 16 << 20;

  private static final int WINDOW_BYTES = 256 << 10;
  private static final int BLOCK_BYTES_MAX = 64 << 10;
  private static final int AT_ANY_BYTE = 1;

  /** Reads past the page cache; null where the JDK has no such thing. */
  private static final @Nullable OpenOption DIRECT = direct();

  private final @Nullable FileChannel channel;
  private final int blockBytes;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;
  private @Nullable RecordBatch batch;

  private BatchFile(@Nullable FileChannel channel, int blockBytes) {
    this.channel = channel;
    this.blockBytes = blockBytes;
  }

  /** Reads what a reader would get. A file that is not there is a problem of each batch. */
  static BatchFile open(Path file) throws IOException {
    try {
      return new BatchFile(FileChannel.open(file, StandardOpenOption.READ), AT_ANY_BYTE);
    } catch (NoSuchFileException e) {
      return new BatchFile(null, AT_ANY_BYTE);
    }
  }

  /**
   * Reads what is on the disk, where the file system lets us: the page cache may have known better
   * for weeks, and what was read for this does not drive out what others need.
   */
  static BatchFile openPastCache(Path file) throws IOException {
    OpenOption direct = DIRECT;
    if (direct == null) {
      return open(file);
    }
    try {
      long blockBytes = Files.getFileStore(file).getBlockSize();
      if (blockBytes >= 512 && blockBytes <= BLOCK_BYTES_MAX && Long.bitCount(blockBytes) == 1) {
        return new BatchFile(
            FileChannel.open(file, StandardOpenOption.READ, direct), (int) blockBytes);
      }
    } catch (IOException | UnsupportedOperationException e) {
      return open(file); // No such thing here, or no such file.
    }
    return open(file);
  }

  /** By name: the option is the JDK's own, not the platform's, and the compiler warns of it. */
  private static @Nullable OpenOption direct() {
    try {
      for (Object each : Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (each instanceof OpenOption option && each.toString().equals("DIRECT")) {
          return option;
        }
      }
    } catch (ClassNotFoundException e) {
      return null;
    }
    return null;
  }

  /**
   * What is wrong with the batch at a position; null when nothing is, and then it is {@link
   * #batch}.
   *
   * @param limit where the batches end
   * @throws ClosedChannelException when the thread was interrupted
   */
  @Nullable String problem(int position, int limit, long expectedOffset, LeaderEpochs epochs)
      throws ClosedChannelException {
    batch = null;
    if (limit - position < RecordBatch.HEADER_BYTES) {
      return "only " + (limit - position) + " bytes are left for a batch";
    }
    String problem = load(position, RecordBatch.HEADER_BYTES);
    if (problem != null) {
      return problem;
    }
    int size;
    try {
      size = RecordBatch.sizeBytesAt(window, (int) (position - windowStart));
    } catch (InvalidBatchException e) {
      return e.getMessage();
    }
    if (size > Math.min(limit - position, BATCH_BYTES_MAX)) {
      return "the batch is said to have " + size + " bytes, there are " + (limit - position);
    }
    problem = load(position, size);
    if (problem != null) {
      return problem;
    }
    RecordBatch found = RecordBatch.at(window, (int) (position - windowStart));
    problem = problem(found, expectedOffset, epochs);
    batch = problem == null ? found : null;
    return problem;
  }

  /** What is wrong with a batch that is wholly there; null when nothing is. */
  static @Nullable String problem(RecordBatch found, long expectedOffset, LeaderEpochs epochs) {
    String problem = BatchWalk.problem(found, expectedOffset, true);
    if (problem == null && found.leaderEpoch() != epochs.at(expectedOffset)) {
      problem =
          "expected leader epoch " + epochs.at(expectedOffset) + ", was " + found.leaderEpoch();
    }
    return problem;
  }

  /** The batch that had no problem; its bytes are good until the next one is looked at. */
  RecordBatch batch() {
    if (batch == null) {
      throw new IllegalStateException("expected a batch without a problem");
    }
    return batch;
  }

  private @Nullable String load(int position, int bytes) throws ClosedChannelException {
    if (channel == null) {
      return "the file is missing";
    }
    if (position >= windowStart && position + (long) bytes <= windowStart + window.limit()) {
      return null;
    }
    long start = (long) position / blockBytes * blockBytes;
    long least = position - start + bytes;
    IOException failure = null;
    try {
      read(channel, start, Math.max(WINDOW_BYTES, least));
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      failure = e;
    }
    if (failure != null && least < WINDOW_BYTES) {
      failure = null;
      try {
        read(channel, start, least); // What cannot be read may lie behind the batch.
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      window.clear().limit(0);
      return "it cannot be read: " + failure.getMessage();
    }
    long end = windowStart + window.limit();
    return position + (long) bytes <= end ? null : "the file ends at byte " + end;
  }

  private void read(FileChannel from, long start, long bytes) throws IOException {
    int size = (int) ((bytes + blockBytes - 1) / blockBytes * blockBytes);
    if (window.capacity() < size) {
      window =
          blockBytes == AT_ANY_BYTE
              ? ByteBuffer.allocate(size)
              : ByteBuffer.allocateDirect(size + blockBytes).alignedSlice(blockBytes);
    }
    window.clear().limit(size);
    windowStart = start;
    while (window.hasRemaining()) {
      int count = from.read(window, start + window.position());
      if (count < 0 || window.position() % blockBytes != 0) {
        break; // The end of the file.
      }
    }
    window.flip();
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
