package org.apache.ratis.server.raftlog.segmented;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.util.function.CheckedBiFunction;
import org.apache.ratis.util.function.CheckedConsumer;

/**
 * The file of a Raft log that is being written. Stands in for the class of the same name in Apache
 * Ratis, which writes zeros ahead of every entry, as many as the entry has, and then the entry over
 * them.
 *
 * <p>A write is of whole blocks and begins with the block in which the last one ended; what it has
 * behind the data is zeros, which is how a file of Ratis ends. Small writes put zeros ahead in the
 * same call, so that a force need not tell the disk a new length each time.
 *
 * <p>What a {@link #flush} has brought to the disk is given back to the kernel ({@link
 * ForcedPages}).
 *
 * <p>Not thread-safe; but a force may run beside writes.
 */
final class BufferedWriteChannel implements Closeable {

  /** A write of less than this makes the file longer than it needs, up to a multiple of it. */
  static final int AHEAD_BYTES = 64 << 10;

  /** Of the page cache: whole ones need not be read before they are written. */
  private static final int BLOCK_BYTES = 4 << 10;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(AHEAD_BYTES);

  private final String name;
  private final FileChannel file;
  private final ForcedPages pages;
  private final ByteBuffer buffer; // Begins with what the file has of the block at blockPosition.
  private long blockPosition; // Where the buffer begins in the file; of whole blocks.
  private int keptBytes; // Of the buffer, what is in the file already; less than a block.
  private long fileBytes;
  private boolean forced = true;
  private final AtomicReference<CompletableFuture<Void>> forces =
      new AtomicReference<>(CompletableFuture.completedFuture(null));

  private BufferedWriteChannel(File path, FileChannel file, ByteBuffer buffer) throws IOException {
    this.name = path.getName();
    this.file = file;
    this.pages = new ForcedPages(path, file.size());
    this.buffer = buffer.alignedSlice(BLOCK_BYTES);
  }

  /**
   * Opens a file for writing at its end.
   *
   * @param append false empties a file that is there
   * @param buffer direct, and empty; used by this channel alone until it is closed, and left empty
   */
  static BufferedWriteChannel open(File file, boolean append, ByteBuffer buffer)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            file.toPath(),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (!append) {
        channel.truncate(0);
      }
      BufferedWriteChannel opened = new BufferedWriteChannel(file, channel, buffer);
      opened.goToEnd();
      return opened;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void goToEnd() throws IOException {
    fileBytes = file.size();
    blockPosition = fileBytes / BLOCK_BYTES * BLOCK_BYTES;
    int wanted = (int) (fileBytes - blockPosition);
    ByteBuffer block = buffer.duplicate().limit(BLOCK_BYTES);
    while (block.position() < wanted && file.read(block, blockPosition + block.position()) > 0) {
      // Until all of it is read; usually that is one call.
    }
    if (block.position() < wanted) {
      throw new IOException(
          "expected " + wanted + " bytes at " + blockPosition + ", read " + block.position());
    }
    buffer.position(wanted);
    keptBytes = wanted;
  }

  /** How many bytes wait to be written. */
  int writeBufferPosition() {
    return buffer.position() - keptBytes;
  }

  /**
   * Adds bytes to the buffer, after a write if there is no room for them.
   *
   * @param writeSize how many
   * @param writeMethod puts exactly so many into the buffer that it is given
   */
  void writeToBuffer(int writeSize, CheckedConsumer<ByteBuffer, IOException> writeMethod)
      throws IOException {
    if (writeSize > buffer.remaining()) {
      flushBuffer();
    }
    if (writeSize > buffer.remaining()) {
      throw new IOException(
          name + ": " + writeSize + " bytes are more than the buffer of " + buffer.capacity());
    }
    int before = buffer.position();
    writeMethod.accept(buffer);
    if (buffer.position() - before != writeSize) {
      throw new IllegalStateException(
          name + ": expected " + writeSize + " bytes, got " + (buffer.position() - before));
    }
  }

  /** Adds the remaining bytes. */
  void writeToChannel(ByteBuffer bytes) throws IOException {
    writeToBuffer(bytes.remaining(), out -> out.put(bytes));
  }

  /** Nothing is written ahead but with the data. */
  void preallocateIfNecessary(
      long size, CheckedBiFunction<FileChannel, Long, Long, IOException> preallocate) {}

  /** Writes what waits, and returns when all of the file is on the disk. */
  void flush() throws IOException {
    flushBuffer();
    if (!forced) {
      file.force(false);
      forced = true;
      pages.forced(blockPosition); // The last block will be written again.
    }
  }

  /** Writes what waits; the future is done when it is on the disk. */
  CompletableFuture<Void> asyncFlush(ExecutorService executor) throws IOException {
    flushBuffer();
    if (forced) {
      return forces.get();
    }
    CompletableFuture<Void> force = CompletableFuture.runAsync(this::force, executor);
    forced = true;
    return forces.updateAndGet(before -> CompletableFuture.allOf(before, force));
  }

  private void force() {
    try {
      file.force(false);
    } catch (IOException e) {
      throw new CompletionException("cannot force " + name, e);
    }
  }

  private void flushBuffer() throws IOException {
    int end = buffer.position();
    if (end == keptBytes) {
      return;
    }
    forced = false;
    int padded = paddedTo(end);
    buffer.put(ZEROS.duplicate().limit(padded - end)).flip();
    while (buffer.hasRemaining()) {
      file.write(buffer, blockPosition + buffer.position());
    }
    fileBytes = Math.max(fileBytes, blockPosition + padded);
    keepLastBlock(end);
  }

  /** Where a write of the first bytes of the buffer ends in it. */
  private int paddedTo(int end) {
    long endPosition = blockPosition + end;
    boolean longer = roundUp(endPosition, BLOCK_BYTES) > fileBytes;
    boolean small = end - keptBytes < AHEAD_BYTES;
    long padded = roundUp(endPosition, longer && small ? AHEAD_BYTES : BLOCK_BYTES) - blockPosition;
    return (int) Math.min(padded, buffer.capacity());
  }

  private void keepLastBlock(int end) {
    int begin = end / BLOCK_BYTES * BLOCK_BYTES;
    keptBytes = end - begin;
    blockPosition += begin;
    buffer.clear();
    if (begin > 0) {
      buffer.put(buffer.duplicate().position(begin).limit(end));
    } else {
      buffer.position(end);
    }
  }

  private static long roundUp(long bytes, int unit) {
    return (bytes + unit - 1) / unit * unit;
  }

  boolean isOpen() {
    return file.isOpen();
  }

  /** Cuts off the zeros; what still waits is not written. */
  @Override
  public void close() throws IOException {
    if (!isOpen()) {
      return;
    }
    try (file;
        pages) {
      forces.get().join();
      file.truncate(blockPosition + keptBytes);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
