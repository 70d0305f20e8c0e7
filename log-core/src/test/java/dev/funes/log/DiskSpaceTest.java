package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
  private static final int HOLE_BYTES = 1 << 20;
  private static final int TAKEN_BYTES = 300_000;

  @TempDir Path directory;

  @Test
  void takesSpaceInAHoleAndKeepsWhatIsThere() throws IOException {
    assertTakes(FallocatedSpace.OF_THIS_SYSTEM);
  }

  @Test
  void takesSpaceWithoutTheHelpOfTheSystemToo() throws IOException {
    assertTakes(ZeroedSpace::fill);
  }

  private void assertTakes(DiskSpace space) throws IOException {
    Path file = directory.resolve("file with a hole");
    byte[] content = new byte[100];
    Arrays.fill(content, (byte) 7);
    Files.write(file, content);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(HOLE_BYTES);
    }
    long before = takenBytes(file);

    space.allocate(file, content.length, content.length + TAKEN_BYTES);

    assertThat(takenBytes(file) - before).isBetween(TAKEN_BYTES - 8192L, TAKEN_BYTES + 65536L);
    byte[] after = Files.readAllBytes(file);
    assertThat(after).hasSize(HOLE_BYTES).startsWith(content);
    assertThat(Arrays.copyOfRange(after, content.length, HOLE_BYTES)).containsOnly(0);
  }

  @Test
  void saysWhichFileItIsThatHasNoPlace() {
    Path missing = directory.resolve("no such directory/file");
    assertThatThrownBy(() -> FallocatedSpace.OF_THIS_SYSTEM.allocate(missing, 0, 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
  }

  private static long takenBytes(Path file) throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    try (var out = stat.inputReader()) {
      return 512 * Long.parseLong(out.readLine());
    }
  }
}
