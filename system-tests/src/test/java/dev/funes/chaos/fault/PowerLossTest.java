package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.funes.chaos.cluster.ImageDisk;
import dev.funes.chaos.cluster.Leftovers;
import dev.funes.chaos.cluster.Machine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was not forced is lost with the power, and its evidence can be missing. Root only. */
class PowerLossTest {
  @TempDir Path directory;

  @Test
  void losesWhatWasNotForcedAndNothingElse() throws IOException {
    try (Leftovers leftovers = Leftovers.begin(name())) {
      ImageDisk disk = disk(leftovers);
      Canary canary = Canary.place(disk.mount());
      canary.writeUnforced();
      disk.powerOff();
      disk.powerOn();

      assertThatCode(canary::examine).doesNotThrowAnyException();
    }
  }

  @Test
  void isNoneWhenThePowerStayedOn() throws IOException {
    try (Leftovers leftovers = Leftovers.begin(name())) {
      ImageDisk disk = disk(leftovers);
      Canary canary = Canary.place(disk.mount());
      canary.writeUnforced();
      disk.powerOn(); // unmounted in good order, so all was written

      assertThatThrownBy(canary::examine).isInstanceOf(NoEvidenceException.class);
    }
  }

  private ImageDisk disk(Leftovers leftovers) throws IOException {
    assumeTrue(Machine.probe(directory, name()).images(), "no file systems in files here");
    ImageDisk disk =
        new ImageDisk(directory.resolve("disk.img"), directory.resolve("disk"), 8, leftovers);
    disk.open();
    return disk;
  }

  private static String name() {
    return "t" + ProcessHandle.current().pid();
  }
}
