package dev.funes.log;

import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Brings appended batches to the disk soon after they are in the page cache, a little at a time and
 * in order. Left to itself the kernel writes them half a minute later, hundreds of megabytes at
 * once, and as long as that takes no force of a Raft log comes through. PostgreSQL and RocksDB do
 * the same for the same reason ({@code checkpoint_flush_after}, {@code bytes_per_sync}).
 *
 * <p>Nothing is durable by it: that takes {@link PartitionLog#force}, which has less to write then,
 * and is told what could not be written. One thread of the process does it; when it does not keep
 * up, what it cannot take is left to the kernel.
 */
final class WriteBack {
  /** Smaller pieces wait, so that thousands of partitions do not make thousands of small writes. */
  static final int PIECE_BYTES = 512 << 10;

  private static final int PIECES_MAX = 1_024;

  private static final @Nullable WriteBack RUNNING = start();

  private record Piece(Path file, int from, int to) {}

  private final SystemCalls calls;
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES_MAX);

  private WriteBack(SystemCalls calls) {
    this.calls = calls;
  }

  private static @Nullable WriteBack start() {
    SystemCalls calls = SystemCalls.linked();
    if (calls == null) {
      return null;
    }
    WriteBack started = new WriteBack(calls);
    Thread.ofPlatform().daemon().name("funes-write-back").start(started::run);
    return started;
  }

  /** Has a part of a file written; does not wait. Any thread. */
  static void ask(Path file, int from, int to) {
    WriteBack running = RUNNING;
    if (running != null) {
      var _ = running.pieces.offer(new Piece(file, from, to));
    }
  }

  private void run() {
    while (true) {
      Piece piece;
      try {
        piece = pieces.take();
      } catch (InterruptedException e) {
        return;
      }
      int descriptor = calls.open(piece.file);
      if (descriptor != SystemCalls.NONE) { // Else it was deleted meanwhile.
        calls.writeBack(descriptor, piece.from, piece.to - piece.from);
        calls.close(descriptor);
      }
    }
  }
}
