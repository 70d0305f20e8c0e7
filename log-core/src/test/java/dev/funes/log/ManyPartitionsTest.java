package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.funes.log.PartitionLog.Fetch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What thousands of partitions take of a process and of its disk. */
class ManyPartitionsTest {
  private static final int PARTITIONS = 2_000;
  private static final int OPEN_FILES_MAX = 50;
  private static final int ROUNDS_UNTIL_IDLE = 40;

  @TempDir Path directory;

  @Test
  void takeNoMappingUntilTheyAreReadAndFewOpenFiles() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/maps")));
    OpenFiles files = new OpenFiles(OPEN_FILES_MAX);
    List<PartitionLog> logs = open(files, PartitionCheckpoint.EMPTY);
    for (int round = 0; round < 3; round++) {
      for (PartitionLog log : logs) {
        log.append(Batches.of(1, "record " + round), 1, 0);
      }
    }
    assertThat(mappings()).as("written").isZero();
    assertThat(openFiles()).as("written").isLessThanOrEqualTo(OPEN_FILES_MAX);
    assertThat(bytesOnDisk()).isLessThan(PARTITIONS * 4096L);

    assertThat(logs).allSatisfy(log -> assertThat(ends(log)).isEqualTo(3));
    assertThat(mappings()).as("read").isEqualTo(PARTITIONS);

    for (int round = 0; round < ROUNDS_UNTIL_IDLE; round++) {
      logs.forEach(log -> log.unload(PARTITIONS));
    }
    assertThat(mappings()).as("idle").isZero();
    for (PartitionLog log : logs) {
      log.append(Batches.of(1, "a late record"), 1, 0);
    }
    assertThat(logs.getFirst().endOffset()).isEqualTo(4);
    assertThat(ends(logs.getLast())).as("read again").isEqualTo(4);

    List<PartitionCheckpoint> checkpoints = new ArrayList<>();
    logs.forEach(log -> checkpoints.add(log.checkpoint()));
    try (FileSystemSync fileSystem = FileSystemSync.of(directory)) {
      PartitionLog.forceAll(logs, fileSystem);
    }
    logs.forEach(PartitionLog::close);
    assertThat(openFiles()).as("closed").isZero();
    assertThat(mappings()).as("closed").isZero();

    List<PartitionLog> restored = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      restored.add(PartitionLog.restore(at(i), LogSettings.DEFAULTS, checkpoints.get(i), files));
    }
    assertThat(mappings()).as("restored").isZero();
    assertThat(restored).allSatisfy(log -> assertThat(ends(log)).isEqualTo(4));
    restored.forEach(PartitionLog::close);
  }

  private List<PartitionLog> open(OpenFiles files, PartitionCheckpoint checkpoint)
      throws IOException {
    List<PartitionLog> logs = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      logs.add(PartitionLog.restore(at(i), LogSettings.DEFAULTS, checkpoint, files));
    }
    return logs;
  }

  private Path at(int partition) {
    return directory.resolve("partition-" + partition);
  }

  private static long ends(PartitionLog log) {
    return ((Fetch.Batches) log.fetch(0, Integer.MAX_VALUE)).nextOffset();
  }

  private long mappings() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains(directory.toString())).count();
    }
  }

  private long openFiles() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(this::isOurs).count();
    }
  }

  private boolean isOurs(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private long bytesOnDisk() throws IOException {
    long bytes = 0;
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
