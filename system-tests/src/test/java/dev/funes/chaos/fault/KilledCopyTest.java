package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.TopicSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a node in the middle of the copy of a checkpoint. */
class KilledCopyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int RECORD_BYTES = 64 << 10;
  private static final int RECORDS = 384;
  private static final int ARRIVED = 3;

  /** The Raft log is purged behind each checkpoint, and the copy takes some seconds. */
  private static final String SETTINGS =
      """
      raft-groups: 1
      checkpoint-bytes: 1048576
      checkpoint-millis: 1000
      raft-log-keep-millis: 1
      raft-log-keep-bytes: 1048576
      catch-up-bytes-per-second: 4194304
      """;

  @TempDir Path directory;

  @Test
  void itGoesOnWhereItWasAndEndsEqual() throws Exception {
    try (RealNodes nodes = RealNodes.of(3, directory, SETTINGS)) {
      nodes.startAll();
      try (Admin admin = Admin.open(nodes.clients().build())) {
        admin.createTopic("events", 1, TopicSettings.DEFAULTS.withSegmentBytes(1 << 20));
      }
      nodes.kill(3);
      AckedLoad load =
          AckedLoad.startUpTo(RECORDS, nodes.clients().build(), "events", RECORD_BYTES);
      load.awaitAll();
      load.close();
      for (int node = 1; node <= 2; node++) {
        Path raft = nodes.data(node).toRealPath().resolve("raft");
        await().atMost(PATIENCE).until(() -> hasForgottenItsBeginning(raft));
      }

      nodes.start(3, Map.of());
      Path raftGroup = nodes.data(3).toRealPath().resolve("groups/1");
      Path incoming = raftGroup.resolve("incoming/partitions");
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> segments(incoming).size() > ARRIVED);
      nodes.kill(3);
      Map<String, FileTime> arrived = segments(incoming);
      assertThat(arrived).as("killed in the middle").hasSizeGreaterThan(ARRIVED);
      assertThat(raftGroup.resolve("arrived")).doesNotExist();

      nodes.start(3, Map.of());
      nodes.awaitHealthy();
      nodes.awaitEqual();
      load.assertAllIsThere();
      assertThat(incoming).doesNotExist();
      for (int node = 1; node <= 3; node++) {
        nodes.stop(node);
      }
      nodes.assertSameSegments(1, 3);
      nodes.assertSameSegments(1, 2);
      long copiedOnce =
          segments(raftGroup.resolve("partitions")).entrySet().stream()
              .filter(each -> each.getValue().equals(arrived.get(each.getKey())))
              .count();
      assertThat(copiedOnce).as("files not copied again").isGreaterThanOrEqualTo(ARRIVED - 1);
    }
  }

  /** Whoever was away needs a checkpoint then: that of the metadata is never so long. */
  private static boolean hasForgottenItsBeginning(Path raft) throws IOException {
    try (Stream<Path> groups = Files.list(raft)) {
      for (Path group : groups.toList()) {
        try (Stream<Path> logs = Files.list(group.resolve("current"))) {
          if (logs.map(log -> log.getFileName().toString())
              .noneMatch(name -> name.startsWith("log_0-") || name.equals("log_inprogress_0"))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** The segments below a directory, and when they were last written. */
  private static Map<String, FileTime> segments(Path directory) throws IOException {
    Map<String, FileTime> found = new HashMap<>();
    if (!Files.exists(directory)) {
      return found;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(file -> file.toString().endsWith(".log")).toList();
    }
    for (Path file : files) {
      found.put(directory.relativize(file).toString(), Files.getLastModifiedTime(file));
    }
    return found;
  }
}
