package org.apache.ratis.util;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file that appears whole or not at all, and that is still there after a power cut once
 * {@link #close} has returned. Stands in for the class of the same name in Apache Ratis, which
 * forgets to force the directory, so that a term and a vote could be lost although they had been
 * acted upon, and which two threads may have write the same temporary file. Not thread-safe; but of
 * several for the same file each waits until the one before it is closed.
 *
 * <p>The order is what makes it safe: the bytes go to a temporary file, which is forced; it is then
 * renamed over the old file; then the directory is forced, which makes the rename itself durable. A
 * file whose bytes could not all be written is never published, although writers above this one
 * close it all the same.
 *
 * <p>Term, vote and voters get a {@link MetaChecksum} at their end.
 *
 * <p>Ratis goes on after a failure here, with a term and a vote that are in its memory alone, or
 * with no more than a line in the log. So a failure is also told to whoever {@link #watchFailures
 * watches} the directory.
 */
public final class AtomicFileOutputStream extends FilterOutputStream {

  public static final String TMP_EXTENSION = ".tmp";

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFileOutputStream.class);

  /** Makes the entries of a directory durable. Another one is for tests. */
  @FunctionalInterface
  interface DirectoryForce {
    void force(Path directory) throws IOException;
  }

  private record Watch(Path directory, Consumer<Exception> onFailure) {}

  private static final List<Watch> WATCHES = new CopyOnWriteArrayList<>();

  private static final FilesBeingWritten BEING_WRITTEN = new FilesBeingWritten(30_000);

  private final FileChannel channel;
  private final Path target;
  private final Path temporary;
  private final DirectoryForce directoryForce;
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean incomplete; // a write has failed

  public AtomicFileOutputStream(File outFile) throws IOException {
    this(outFile, getTemporaryFile(outFile));
  }

  public AtomicFileOutputStream(File outFile, File tmpFile) throws IOException {
    this(outFile, tmpFile, AtomicFileOutputStream::forceDirectory);
  }

  AtomicFileOutputStream(File outFile, File tmpFile, DirectoryForce directoryForce)
      throws IOException {
    this(outFile, tmpFile, open(outFile, tmpFile), directoryForce);
  }

  private AtomicFileOutputStream(
      File outFile, File tmpFile, FileChannel channel, DirectoryForce directoryForce) {
    this(outFile, tmpFile, Channels.newOutputStream(channel), channel, directoryForce);
  }

  AtomicFileOutputStream(
      File outFile,
      File tmpFile,
      OutputStream out,
      FileChannel channel,
      DirectoryForce directoryForce) {
    super(out);
    this.channel = channel;
    this.target = outFile.getAbsoluteFile().toPath();
    this.temporary = tmpFile.getAbsoluteFile().toPath();
    this.directoryForce = directoryForce;
  }

  /**
   * Has the listener told, on any thread, of each file below a directory that could not be written.
   *
   * @return ends it
   */
  public static Runnable watchFailures(Path directory, Consumer<Exception> onFailure) {
    Watch watch = new Watch(directory.toAbsolutePath(), onFailure);
    WATCHES.add(watch);
    return () -> WATCHES.remove(watch);
  }

  private static void tell(Path file, Exception failure) {
    for (Watch watch : WATCHES) {
      if (file.startsWith(watch.directory)) {
        watch.onFailure.accept(failure);
      }
    }
  }

  public static File getTemporaryFile(File outFile) {
    return new File(outFile.getParentFile(), outFile.getName() + TMP_EXTENSION);
  }

  // FilterOutputStream would write the bytes one by one.
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  private IOException failed(IOException e) {
    incomplete = true;
    tell(target, e);
    return e;
  }

  public boolean isClosed() {
    return closed.get();
  }

  /**
   * Publishes the file. When it throws, nobody may rely on the new content, and no temporary file
   * stays.
   */
  @Override
  public void close() throws IOException {
    if (incomplete) {
      abort();
      throw new IOException(target + " was not written whole and stays as it was");
    }
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      try (OutputStream closing = out) {
        closing.write(MetaChecksum.of(target, Files.readAllBytes(temporary)));
        closing.flush();
        channel.force(true);
      }
      VoteOrder.demandLater(target, temporary);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      directoryForce.force(target.getParent());
    } catch (IOException | RuntimeException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      if (!(e instanceof StaleVoteException)) {
        tell(target, e);
      }
      throw e;
    } finally {
      BEING_WRITTEN.release(target);
    }
  }

  /** Gives up: the old file stays as it was. Does nothing after {@link #close}. */
  public void abort() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      out.close();
    } catch (IOException e) {
      LOG.warn("cannot close {}", temporary, e);
    }
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      LOG.warn("cannot delete {}", temporary, e);
    } finally {
      BEING_WRITTEN.release(target);
    }
  }

  private static FileChannel open(File outFile, File tmpFile) throws IOException {
    Path target = outFile.getAbsoluteFile().toPath();
    BEING_WRITTEN.take(target);
    try {
      return FileChannel.open(
          tmpFile.toPath(),
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      BEING_WRITTEN.release(target);
      tell(tmpFile.getAbsoluteFile().toPath(), e);
      throw e;
    }
  }

  private static void forceDirectory(Path directory) throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }
}
