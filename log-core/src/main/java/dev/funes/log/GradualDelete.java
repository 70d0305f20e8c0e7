package dev.funes.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes large files so that their name is gone at once and their space follows step by step.
 * Where the disk is told of each block that becomes free (mount option {@code discard}) the
 * deletion of a gigabyte keeps it busy for most of a second, in which no force of a Raft log comes
 * through.
 *
 * <p>The file stays open until it has shrunk to nothing, on one thread of the process; when that
 * ends before, the system frees what is left. Any thread.
 */
public final class GradualDelete {
  static final int STEP_BYTES = 4 << 20;
  private static final int PAUSE_MILLIS = 25; // With the step: 160 MiB a second at most.

  /** Files that may be open for it; more are deleted at once. */
  private static final int FILES_MAX = 1_024;

  private static final Logger LOG = LoggerFactory.getLogger(GradualDelete.class);
  private static final BlockingQueue<FileChannel> SHRINKING = new ArrayBlockingQueue<>(FILES_MAX);

  static {
    Thread.ofPlatform().daemon().name("funes-delete").start(GradualDelete::run);
  }

  private GradualDelete() {}

  /** Removes a file; one that is not there is fine. Nobody may have it mapped. */
  public static void deleteIfExists(Path file) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
    } catch (IOException e) {
      Files.deleteIfExists(file); // It is not there, or may not be opened: then all at once.
      return;
    }
    boolean shrinks = false;
    try {
      Files.deleteIfExists(file);
      shrinks = channel.size() > STEP_BYTES && SHRINKING.offer(channel);
    } finally {
      if (!shrinks) {
        channel.close();
      }
    }
  }

  private static void run() {
    while (true) {
      try (FileChannel channel = SHRINKING.take()) {
        for (long size = channel.size(); size > STEP_BYTES; size -= STEP_BYTES) {
          channel.truncate(size - STEP_BYTES);
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (IOException e) {
        LOG.warn("a deleted file could not be shrunk; its space is free now", e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
