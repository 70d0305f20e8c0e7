package dev.funes.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.NemesisLog;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.RunClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SamplerTest {
  @TempDir Path dir;

  @Test
  void itSeesWhatAProcessUses() throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
    Path data = Files.createDirectories(dir.resolve("data/below"));
    Files.write(data.resolve("file"), new byte[1000]);
    History.begin(dir, Runs.info(Runs.settings("t"), 1));
    try (NemesisLog log = NemesisLog.open(dir, RunClock.started())) {
      Sampler.sample(log, 2, ProcessHandle.current().pid(), dir.resolve("data"), true);
      Sampler.sample(log, 3, Long.MAX_VALUE, dir.resolve("nowhere"), false);
    }

    History history = History.load(dir);

    Op.Sample own = history.all(Op.Sample.class).getFirst();
    assertThat(own.node()).isEqualTo(2);
    assertThat(own.heapBytes()).isPositive();
    assertThat(own.descriptors()).isPositive();
    assertThat(own.threads()).isPositive();
    assertThat(own.residentBytes()).isGreaterThan(10 << 20);
    assertThat(own.diskBytes()).isEqualTo(1000);
    assertThat(history.all(Op.Sample.class).getLast().threads()).isEqualTo(-1);
  }
}
