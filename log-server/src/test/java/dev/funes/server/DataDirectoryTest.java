package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path parent;

  @Test
  void takesAnEmptyDirectoryAndTakesItAgain() throws IOException {
    Path data = parent.resolve("new/data");

    DataDirectory.open(data).close();
    DataDirectory.open(data).close();

    assertThat(data).isDirectory();
    assertThat(data.resolve("probe.tmp")).doesNotExist();
  }

  @Test
  void isHeldByOneNodeAtATime() throws IOException {
    Path data = parent.resolve("data");
    try (DataDirectory held = DataDirectory.open(data)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> DataDirectory.open(data))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(data + " is in use by another running node");
    }
    DataDirectory.open(data).close();
  }

  @Test
  void refusesWhatIsNoDirectory() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("data directory " + file + " cannot be used");
  }

  @Test
  void refusesADiskThatCannotBeWritten() {
    Path readOnly = Path.of("/proc/funes");
    assumeTrue(Files.isDirectory(Path.of("/proc/self")));

    assertThatThrownBy(() -> DataDirectory.open(readOnly))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("data directory /proc/funes cannot be used");
  }
}
