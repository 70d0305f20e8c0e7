package dev.funes.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataSizeTest {

  @TempDir Path directory;

  @Test
  void addsUpAllFilesBelow() throws IOException {
    Files.write(directory.resolve("a"), new byte[3]);
    Path below = Files.createDirectories(directory.resolve("b/c"));
    Files.write(below.resolve("d"), new byte[4]);

    assertThat(DataSize.of(directory)).isEqualTo(7);
  }

  @Test
  void whatIsNotThereHasNothing() throws IOException {
    assertThat(DataSize.of(directory.resolve("gone"))).isZero();
  }
}
