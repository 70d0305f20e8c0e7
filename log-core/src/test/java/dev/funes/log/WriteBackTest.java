package dev.funes.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** By what the kernel says of the pages of a file; the call for that came with Linux 6.5. */
@Timeout(60)
class WriteBackTest {
  private static final int BYTES = 8 << 20;
  private static final int PAGE_BYTES = 4096;
  private static final long CACHE_STAT = 451; // Number of the system call, every architecture.

  @TempDir private Path directory;

  @Test
  void writesWhatItIsAskedForWithoutAForce() throws Exception {
    awaitWrittenBack();
  }

  @Test
  void goesOnAfterAFileThatIsGone() throws Exception {
    WriteBack.ask(directory.resolve("gone"), 0, 1);

    awaitWrittenBack();
  }

  private void awaitWrittenBack() throws IOException {
    assumeThat(SystemCalls.linked()).isNotNull();
    assumeThat(Files.getFileStore(directory).type()).isNotEqualTo("tmpfs");
    Path file = directory.resolve("file");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.allocate(BYTES));
    }
    long dirty = dirtyPages(file);
    assumeThat(dirty).as("pages that the kernel takes for changed").isPositive();
    assertThat(dirty).isEqualTo(BYTES / PAGE_BYTES);

    WriteBack.ask(file, 0, BYTES / 2);

    // The kernel would begin half a minute later.
    await().atMost(Duration.ofSeconds(10)).until(() -> dirtyPages(file) == BYTES / 2 / PAGE_BYTES);
  }

  @Test
  void aPartitionAsksByItself() throws Exception {
    assumeThat(SystemCalls.linked()).isNotNull();
    assumeThat(Files.getFileStore(directory).type()).isNotEqualTo("tmpfs");
    LogSettings settings =
        new LogSettings(BYTES, 60_000, LogSettings.UNLIMITED, LogSettings.UNLIMITED);
    Path logs = directory.resolve("orders-0.1");
    try (PartitionLog log = PartitionLog.create(logs, settings)) {
      String value = "v".repeat(WriteBack.PIECE_BYTES / 2);
      for (int i = 0; i < 8; i++) {
        log.append(Batches.of(i, value), 1, 0);
      }
      Path file = SegmentFiles.log(logs, 0);
      assertThat(Files.size(file)).isGreaterThan(4 * WriteBack.PIECE_BYTES);

      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> dirtyPages(file) <= WriteBack.PIECE_BYTES / PAGE_BYTES);
    }
  }

  /** Pages of a file that are not on the disk yet; -1 when the kernel does not tell. */
  @SuppressWarnings("restricted")
  private static long dirtyPages(Path file) throws IOException {
    SystemCalls calls = Objects.requireNonNull(SystemCalls.linked());
    int descriptor = calls.open(file);
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(16); // From 0, to the end.
      MemorySegment found = arena.allocate(40); // Cached, dirty, being written, and two more.
      long failed =
          (long)
              linker
                  .downcallHandle(
                      linker.defaultLookup().find("syscall").orElseThrow(),
                      FunctionDescriptor.of(
                          JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                      Linker.Option.firstVariadicArg(1))
                  .invokeExact(CACHE_STAT, descriptor, all, found, 0);
      return failed == 0 ? found.get(JAVA_LONG, 8) + found.get(JAVA_LONG, 16) : -1;
    } catch (Throwable e) {
      throw new IOException(e);
    } finally {
      calls.close(descriptor);
    }
  }
}
