package org.apache.ratis.server.raftlog.segmented;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BufferedWriteChannelTest {

  private static final int BUFFER_BYTES = 512 << 10;
  private static final int BLOCK_BYTES = 4 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
  private final Random random = new Random(seed());

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void nameTheFile() {
    path = directory.resolve("log_inprogress_0");
  }

  private static long seed() {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("BufferedWriteChannelTest: -Dfunes.seed=" + seed);
    return seed;
  }

  @Test
  void hasWhatWasFlushedAndZerosBehindAfterAnySequenceOfCalls() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      BufferedWriteChannel channel = BufferedWriteChannel.open(path.toFile(), false, buffer);
      for (int step = 0; step < 200; step++) {
        switch (random.nextInt(10)) {
          case 0 -> {
            channel.flush();
            channel.close();
            assertThat(Files.readAllBytes(path)).isEqualTo(expected.toByteArray());
            assertThat(buffer.position()).isZero();
            channel = BufferedWriteChannel.open(path.toFile(), true, buffer);
          }
          case 1 -> {
            channel.asyncFlush(executor).join();
            assertHasAllThatWasWritten();
          }
          case 2, 3, 4 -> {
            channel.flush();
            assertHasAllThatWasWritten();
          }
          default -> write(channel, someBytes());
        }
      }
      channel.flush();
      channel.close();
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(expected.toByteArray());
  }

  /**
   * The lengths at which something changes: of a block, of what is written ahead, of the buffer.
   */
  private byte[] someBytes() {
    int around =
        switch (random.nextInt(5)) {
          case 0 -> BLOCK_BYTES;
          case 1 -> BufferedWriteChannel.AHEAD_BYTES;
          case 2 -> BUFFER_BYTES - 3 * BLOCK_BYTES;
          default -> 100;
        };
    byte[] bytes = new byte[Math.max(1, around + random.nextInt(-3, 4))];
    random.nextBytes(bytes);
    return bytes;
  }

  private void write(BufferedWriteChannel channel, byte[] bytes) throws IOException {
    channel.writeToBuffer(bytes.length, out -> out.put(bytes));
    expected.writeBytes(bytes);
  }

  private void assertHasAllThatWasWritten() throws IOException {
    byte[] all = Files.readAllBytes(path);
    int length = expected.size();
    assertThat(all.length).isBetween(length, length + BufferedWriteChannel.AHEAD_BYTES);
    assertThat(all).isEqualTo(Arrays.copyOf(expected.toByteArray(), all.length));
  }

  @Test
  void makesTheFileLongerOnceForManySmallWrites() throws IOException {
    try (BufferedWriteChannel channel = BufferedWriteChannel.open(path.toFile(), false, buffer)) {
      for (int i = 0; i < 100; i++) {
        write(channel, new byte[] {1, 2, 3});
        channel.flush();

        assertThat(Files.size(path)).isEqualTo(BufferedWriteChannel.AHEAD_BYTES);
      }
    }
  }

  @Test
  void writesNothingAheadOfALargeEntryButItsLastBlock() throws IOException {
    try (BufferedWriteChannel channel = BufferedWriteChannel.open(path.toFile(), false, buffer)) {
      write(channel, new byte[BufferedWriteChannel.AHEAD_BYTES + 1]);
      channel.flush();

      assertThat(Files.size(path)).isEqualTo(BufferedWriteChannel.AHEAD_BYTES + BLOCK_BYTES);
    }
  }

  @Test
  void givesPagesBackThatAreOnTheDisk() throws IOException {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    assumeThat(Files.getFileStore(directory).type())
        .as("a file system whose pages are not the file itself")
        .isNotEqualTo("tmpfs");
    try (BufferedWriteChannel channel = BufferedWriteChannel.open(path.toFile(), false, buffer)) {
      for (int i = 0; i < 3 * ForcedPages.RUN_BYTES; i += BUFFER_BYTES / 2) {
        write(channel, new byte[BUFFER_BYTES / 2]);
        channel.flush();
      }

      assertThat(cachedBytes()).isLessThan(ForcedPages.RUN_BYTES);
      assertHasAllThatWasWritten();
    }
  }

  /** How much of the file is in the page cache. */
  private int cachedBytes() throws IOException {
    int cached = 0;
    try (FileChannel file = FileChannel.open(path)) {
      for (long at = 0; at < file.size(); at += BLOCK_BYTES) {
        if (file.map(FileChannel.MapMode.READ_ONLY, at, BLOCK_BYTES).isLoaded()) {
          cached += BLOCK_BYTES;
        }
      }
    }
    return cached;
  }

  @Test
  void writesWhatWaitsWhenTheBufferIsFull() throws IOException {
    try (BufferedWriteChannel channel = BufferedWriteChannel.open(path.toFile(), false, buffer)) {
      write(channel, new byte[BUFFER_BYTES / 2]);
      assertThat(Files.size(path)).isZero();
      write(channel, new byte[BUFFER_BYTES / 2]);

      assertThat(Files.size(path)).isBetween((long) BUFFER_BYTES / 2, (long) BUFFER_BYTES);
    }
  }

  @Test
  void refusesWhatIsLargerThanTheBufferAndGoesOn() throws IOException {
    try (BufferedWriteChannel channel = BufferedWriteChannel.open(path.toFile(), false, buffer)) {
      assertThatThrownBy(() -> channel.writeToBuffer(BUFFER_BYTES + 1, out -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("" + (BUFFER_BYTES + 1));

      write(channel, new byte[] {7});
      channel.flush();
      assertHasAllThatWasWritten();
    }
  }

  @Test
  void emptiesAFileThatIsNotAppendedTo() throws IOException {
    Files.write(path, new byte[100_000]);

    BufferedWriteChannel.open(path.toFile(), false, buffer).close();

    assertThat(path).isEmptyFile();
  }

  @Test
  void failsWhenTheDiskIsFull() throws IOException {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    try (BufferedWriteChannel channel = BufferedWriteChannel.open(full.toFile(), true, buffer)) {
      channel.writeToBuffer(3, out -> out.put(new byte[3]));

      assertThatThrownBy(channel::flush).isInstanceOf(IOException.class);
    } catch (IOException e) {
      assertThat(e).as("closing a device").hasMessageContaining("nvalid argument");
    }
  }
}
