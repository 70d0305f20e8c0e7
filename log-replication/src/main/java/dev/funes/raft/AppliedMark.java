package dev.funes.raft;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far this node has applied the Raft log of one raft group, in a file beside it. An entry is
 * applied only after it was forced here, so a Raft log that ends before has lost what this node has
 * acknowledged, however sound the rest of it looks.
 *
 * <p>The file has 8 bytes, big-endian: the Raft index in the upper 48 bits, and below it the lower
 * 16 of the index's CRC32C. It is written with every entry and not forced, so it survives the end
 * of the process, and a loss of power may take it back, but never ahead of what was forced.
 *
 * <p>Any thread.
 */
final class AppliedMark implements AutoCloseable {

  static final String FILE = "applied";

  private static final Logger LOG = LoggerFactory.getLogger(AppliedMark.class);
  private static final int CHECK_BITS = 16;
  private static final long NONE = -1;

  private final Path path;
  // Not a channel: an interrupt would close that, and Ratis interrupts the thread that applies.
  private @Nullable RandomAccessFile file;
  private long known = NONE;

  /**
   * @param directory of the raft group; need not be there before the first entry is applied
   */
  AppliedMark(Path directory) {
    this.path = directory.resolve(FILE);
  }

  /**
   * The last Raft index that was applied, as far as it is known; -1 when it is not. A mark that
   * cannot be read is deleted: the Raft log may be as whole without it.
   *
   * @param isExpected whether something was applied already, so that a mark that is missing is
   *     worth a word
   */
  static long read(Path directory, boolean isExpected) throws IOException {
    Path path = directory.resolve(FILE);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      if (isExpected) {
        LOG.warn("{} is missing, and is made again with the next entry", path);
      }
      return NONE;
    }
    long index = decode(bytes);
    if (index == NONE) {
      LOG.warn("{} is damaged, and is made again with the next entry", path);
      Files.delete(path);
    }
    return index;
  }

  /** Notes that an entry was applied. A lower index than before is known already. */
  synchronized void advance(long index) throws IOException {
    RandomAccessFile open = file;
    if (open == null) {
      open = open();
      file = open;
    }
    if (index > known) {
      open.seek(0);
      open.write(encode(index));
      known = index;
    }
  }

  private RandomAccessFile open() throws IOException {
    boolean isNew = !Files.exists(path);
    RandomAccessFile open = new RandomAccessFile(path.toFile(), "rw");
    boolean whole = false;
    try {
      byte[] bytes = new byte[(int) Math.min(open.length(), Long.BYTES + 1)];
      open.readFully(bytes);
      known = decode(bytes);
      if (isNew) {
        // So that a loss of power leaves no file of no bytes, which would look like damage.
        open.write(encode(0));
        open.getFD().sync();
        forceDirectory();
      }
      whole = true;
      return open;
    } finally {
      if (!whole) {
        open.close();
      }
    }
  }

  private void forceDirectory() throws IOException {
    try (FileChannel directory = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private static byte[] encode(long index) {
    return ByteBuffer.allocate(Long.BYTES).putLong(index << CHECK_BITS | check(index)).array();
  }

  private static long decode(byte[] bytes) {
    if (bytes.length != Long.BYTES) {
      return NONE;
    }
    long value = ByteBuffer.wrap(bytes).getLong();
    long index = value >>> CHECK_BITS;
    return (value & 0xffff) == check(index) ? index : NONE;
  }

  private static long check(long index) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, index));
    return crc.getValue() & 0xffff;
  }
}
