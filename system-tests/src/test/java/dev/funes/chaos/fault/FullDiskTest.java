package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.Consumer;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.NodeDescription;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, of which one has a small disk: first it gets short of room, then really full. */
class FullDiskTest {
  private static final int DISK_MEBIBYTES = 192;
  private static final int SMALL = 2;
  private static final long MIB = 1 << 20;
  private static final int RECORD_BYTES = 64 << 10;
  private static final Duration AGAIN_MAX = Duration.ofSeconds(30);
  private static final Duration REQUEST_MAX = Duration.ofSeconds(20);
  private static final int ENOUGH = 50;

  @TempDir Path directory;
  private SmallDisk disk;
  private RealNodes nodes;

  @BeforeEach
  void makeOrSkip() throws Exception {
    try {
      disk = SmallDisk.make(directory, DISK_MEBIBYTES);
    } catch (IOException e) {
      Assumptions.abort("SKIPPED, no disk can be filled here: " + e.getMessage());
    }
    List<Path> data = new ArrayList<>();
    for (int node = 1; node <= 3; node++) {
      data.add(
          Files.createDirectory(
              (node == SMALL ? disk.directory() : directory).resolve("node-" + node)));
    }
    nodes = new RealNodes(directory, data, "raft-groups: 1\n");
    nodes.startAll();
  }

  @AfterEach
  void unmake() throws Exception {
    if (nodes != null) {
      nodes.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void refusesBeforeItIsFullAndGoesOnWhenThereIsRoom() throws Exception {
    try (Admin admin = Admin.open(nodes.clients().requestTimeout(REQUEST_MAX).build())) {
      admin.createTopic("events", 1, TopicSettings.DEFAULTS);
      admin.createTopic("old", 1, TopicSettings.DEFAULTS);
      long leaveBytes = disk.totalBytes() / 20 + 24 * MIB; // the load takes it
      disk.fill(leaveBytes);
      try (AckedLoad load =
          AckedLoad.start(
              nodes.clients().deliveryTimeout(Duration.ofSeconds(8)).build(),
              "events",
              RECORD_BYTES)) {
        fillUntilRefused(load, leaveBytes);
        assertThat(disk.freeBytes()).isGreaterThan(disk.totalBytes() / 40);
        shortButAtWork(admin, load);

        disk.empty();
        await().atMost(AGAIN_MAX).until(takesRecords(load));
        await().atMost(AGAIN_MAX).until(() -> admin.describeCluster().healthy());
        load.assertAllIsThere();

        fillUntilRefused(load, leaveBytes);
        reallyFull();
        await().atMost(AGAIN_MAX).until(takesRecords(load)); // of two nodes

        disk.empty();
        nodes.start(SMALL, Map.of());
        nodes.awaitHealthy();
        load.awaitMore(ENOUGH);
        load.assertAllIsThere();
      }
    }
  }

  /**
   * Takes room again and again down to so much, for the node purges what it can; the load takes the
   * rest. A slow machine may not have an answer at all for some records in time.
   */
  private void fillUntilRefused(AckedLoad load, long leaveBytes) {
    int before = load.failureCount();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              disk.fill(leaveBytes);
              return load.failureCount() > before
                  && load.lastFailure() instanceof FunesException refused
                  && refused.code() == ErrorCode.DISK_FULL;
            });
  }

  private static Callable<Boolean> takesRecords(AckedLoad load) {
    int before = load.ackedCount();
    return () -> load.ackedCount() >= before + ENOUGH;
  }

  private void shortButAtWork(Admin admin, AckedLoad load) {
    // Refused it is a little before: what the followers may not have written yet is taken off.
    await().atMost(Duration.ofSeconds(60)).until(() -> !admin.describeCluster().healthy());
    ClusterDescription cluster = admin.describeCluster();
    assertThat(cluster.nodes())
        .filteredOn(NodeDescription::diskShort)
        .extracting(node -> node.address().nodeId())
        .containsExactly(SMALL);
    try (Admin impatient =
        Admin.open(nodes.clients().requestTimeout(REQUEST_MAX.dividedBy(4)).build())) {
      FunesException refused =
          catchThrowableOfType(
              FunesException.class, () -> impatient.createTopic("new", 1, TopicSettings.DEFAULTS));
      assertThat(refused.code()).isEqualTo(ErrorCode.DISK_FULL);
    }
    admin.alterTopic("events", TopicSettings.DEFAULTS.withRetentionBytes(1L << 40));
    admin.deleteTopic("old");
    commit();
    load.assertAllIsThere();
  }

  private void commit() {
    TopicPartition partition = new TopicPartition("events", 0);
    try (Consumer consumer = Consumer.open(nodes.clients().build(), "readers")) {
      consumer.assign(List.of(partition));
      consumer.commit(Map.of(partition, 1L));
    }
  }

  /** Commits of offsets go on, and find no room in the end. */
  private void reallyFull() throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (nodes.process(SMALL).isAlive() && System.nanoTime() < until) {
      disk.fill(0);
      commit();
    }
    assertThat(nodes.process(SMALL).waitFor(1, TimeUnit.SECONDS)).isTrue();
    assertThat(nodes.process(SMALL).exitValue()).as(nodes.tail(SMALL)).isEqualTo(70);

    nodes.start(SMALL, Map.of()); // as a supervisor would: there is no room yet
    assertThat(nodes.process(SMALL).waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(nodes.process(SMALL).exitValue()).as(nodes.tail(SMALL)).isNotZero();
  }
}
