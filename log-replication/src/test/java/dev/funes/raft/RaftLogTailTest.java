package dev.funes.raft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Works on a copy of a Raft log as it lies on the disk while the node runs: as a crash leaves it.
 */
@Timeout(120)
class RaftLogTailTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);
  private static final NodeId NODE = new NodeId(1);

  /** The first one is the configuration that the leader writes. */
  private static final int RECORDS = 6;

  @TempDir private static Path running;
  private static byte[] log = new byte[0];
  private static String fileName = "";
  private static int end;
  private static int lastRecord;

  @TempDir private Path directory;

  @BeforeAll
  static void writeALog() throws Exception {
    try (TestCluster cluster = TestCluster.start(running, 1)) {
      cluster.awaitLeader(GROUP);
      for (int i = 1; i < RECORDS; i++) {
        cluster
            .node(NODE)
            .submit(GROUP, ByteBuffer.wrap(("command " + i).getBytes(UTF_8)))
            .get(30, TimeUnit.SECONDS);
      }
      Path file = cluster.openRaftLog(NODE, GROUP);
      fileName = file.getFileName().toString();
      log = Files.readAllBytes(file);
    }
    RaftLogScan whole = RaftLogScan.of(ByteBuffer.wrap(log), 0);
    assertThat(whole.lastIndex()).isEqualTo(RECORDS - 1);
    end = whole.end();
    assertThat(log.length).as("allocated ahead").isGreaterThan(end);
    // Megabytes of zeros are no other case than a few of them.
    log = Arrays.copyOf(log, end + 512);
    byte[] shorter = log.clone();
    shorter[end - 1] ^= 1;
    lastRecord = RaftLogScan.of(ByteBuffer.wrap(shorter), 0).end();
  }

  @Test
  void leavesAWholeLogAlone() throws IOException {
    Path file = write("whole", log);

    RaftLogTail.repair(directory.resolve("whole"), RECORDS - 1);

    assertThat(Files.readAllBytes(file)).isEqualTo(log);
  }

  @Test
  void cutsTheLastRecordWhereverItsWriteStopped() throws IOException {
    for (int cut = lastRecord + 1; cut < end; cut++) {
      byte[] zeroed = log.clone();
      Arrays.fill(zeroed, cut, end, (byte) 0);
      check("zeroed from byte " + cut, zeroed);
      check("file ends at byte " + cut, Arrays.copyOf(log, cut));
    }
  }

  @Test
  void cutsTheLastRecordWhicheverOfItsBytesIsMissing() throws IOException {
    for (int at = lastRecord; at < end; at++) {
      byte[] flipped = log.clone();
      flipped[at] ^= 0x55;
      check("byte " + at + " is wrong", flipped);
    }
  }

  @Test
  void cutsGarbageBehindTheLastRecord() throws IOException {
    byte[] garbage = log.clone();
    new Random(17).nextBytes(garbage);
    System.arraycopy(log, 0, garbage, 0, end);
    Path file = write("garbage", garbage);

    RaftLogTail.repair(directory.resolve("garbage"), RECORDS - 1);

    assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(log, end));
  }

  @Test
  void refusesDamageThatHasAWholeRecordBehindIt() throws IOException {
    for (int at = 0; at < lastRecord; at++) {
      byte[] flipped = log.clone();
      flipped[at] ^= 0x55;
      Path file = write("damaged", flipped);
      Path group = directory.resolve("damaged");

      assertThatThrownBy(() -> RaftLogTail.repair(group, -1))
          .as("byte %d", at)
          .isInstanceOfSatisfying(
              CorruptRaftLogException.class,
              e -> {
                assertThat(e.file()).isEqualTo(file);
                assertThat(e.position()).isLessThan(lastRecord);
                assertThat(e).hasMessageContaining("a whole record follows");
              });
      assertThat(Files.readAllBytes(file)).isEqualTo(flipped);
    }
  }

  @Test
  void refusesToCutWhatWasApplied() throws IOException {
    write("applied", Arrays.copyOf(log, end - 1));

    assertThatThrownBy(() -> RaftLogTail.repair(directory.resolve("applied"), RECORDS - 1))
        .isInstanceOf(CorruptRaftLogException.class)
        .hasMessageContaining("position " + lastRecord)
        .hasMessageContaining("index " + (RECORDS - 1) + " was applied");
  }

  @Test
  void leavesAFileThatWasNeverWrittenForRatisToDelete() throws IOException {
    for (byte[] never : new byte[][] {{}, new byte[4096], "RaftL\0\0\0\0\0\0".getBytes(UTF_8)}) {
      String name = "never-" + never.length;
      Path file = write(name, never);

      RaftLogTail.repair(directory.resolve(name), -1);

      assertThat(Files.readAllBytes(file)).isEqualTo(never);
      if (never.length > 0) {
        assertThat(readByRatis(file)).isZero();
      }
    }
    RaftLogTail.repair(directory.resolve("no such directory"), -1);
  }

  @Test
  void refusesTwoOpenFiles() throws IOException {
    Path file = write("two", log);
    Files.write(file.resolveSibling("log_inprogress_77"), log);

    assertThatThrownBy(() -> RaftLogTail.repair(directory.resolve("two"), -1))
        .isInstanceOf(CorruptRaftLogException.class)
        .hasMessageContaining("log_inprogress_77");
  }

  @Test
  void lastOfAllANodeStartsWithATornTail() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      cluster.awaitLeader(GROUP);
      submit(cluster, "kept");
      submit(cluster, "torn");
      cluster.stopNode(NODE);
      Path file = cluster.openRaftLog(NODE, GROUP);
      byte[] bytes = Files.readAllBytes(file);
      int whole = RaftLogScan.of(ByteBuffer.wrap(bytes), 0).end();
      bytes[whole - 3] ^= 1;
      Files.write(file, bytes);
      // A record that is torn was never applied.
      Files.delete(cluster.raftFiles(NODE, GROUP).resolve(AppliedMark.FILE));

      cluster.startNode(NODE);
      cluster.awaitLeader(GROUP);
      submit(cluster, "after");

      assertThat(cluster.state(NODE, GROUP).applied()).containsExactly("kept", "after");
      assertThat(cluster.fatals()).isEmpty();
    }
  }

  private static void submit(TestCluster cluster, String command) throws Exception {
    assertThat(
            cluster
                .node(NODE)
                .submit(GROUP, ByteBuffer.wrap(command.getBytes(UTF_8)))
                .get(30, TimeUnit.SECONDS))
        .isInstanceOf(Submission.Committed.class);
  }

  /** After the repair Ratis reads all records but the last, and has nothing to complain of. */
  private void check(String what, byte[] torn) throws IOException {
    Path file = write("torn", torn);

    RaftLogTail.repair(directory.resolve("torn"), RECORDS - 2);

    assertThat(readByRatis(file)).as(what).isEqualTo(RECORDS - 1);
    assertThat(Arrays.mismatch(Files.readAllBytes(file), log)).as(what).isEqualTo(lastRecord);
  }

  private static int readByRatis(Path file) throws IOException {
    AtomicInteger entries = new AtomicInteger();
    LogSegment.readSegmentFile(
        file.toFile(),
        LogSegmentPath.matchLogSegment(file).getStartEnd(),
        SizeInBytes.valueOf(RatisSettings.ENTRY_BYTES_MAX),
        CorruptionPolicy.EXCEPTION,
        null,
        entry -> entries.incrementAndGet());
    return entries.get();
  }

  private Path write(String group, byte[] bytes) throws IOException {
    Path current = Files.createDirectories(directory.resolve(group).resolve("current"));
    return Files.write(current.resolve(fileName), bytes);
  }
}
