package dev.funes.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that fails makes forces fail, and is whole again afterwards. Root only. */
final class FaultyDeviceTest {
  @TempDir Path directory;

  @Test
  void aForceFailsAndWhatWasForcedBeforeIsThereAfterTheRepair() throws IOException {
    String name = "d" + ProcessHandle.current().pid();
    assumeTrue(Machine.probe(directory, name).images(), "no file systems in files here");
    assumeTrue(FaultyDevice.isAvailable(), "no nbdkit and nbdfuse here");
    try (Leftovers leftovers = Leftovers.begin(name)) {
      Path image = directory.resolve("disk.img");
      FaultyDevice device = new FaultyDevice(image, directory, leftovers);
      ImageDisk disk = new ImageDisk(image, directory.resolve("disk"), 16, leftovers, device);
      disk.open();
      Path file = disk.mount().resolve("file");
      append(file, "kept");

      device.failWrites(true);
      assertThatThrownBy(() -> append(file, "lost")).isInstanceOf(IOException.class);
      device.failWrites(false);
      disk.repair();

      assertThat(device.failed()).isPositive();
      assertThat(Files.readString(file)).startsWith("kept");
      append(file, "more");
    }
  }

  private static void append(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
  }
}
