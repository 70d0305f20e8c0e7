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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was applied is not forgotten when the Raft log ends before it. */
@Timeout(120)
class AppliedMarkTest {

  private static final RaftGroupId GROUP = new RaftGroupId(1);
  private static final NodeId NODE = new NodeId(1);

  @TempDir private Path directory;

  @Test
  void onlyGoesForward() throws IOException {
    assertThat(AppliedMark.read(directory, false)).isEqualTo(-1);
    for (long index : new long[] {0, 5, 3}) {
      try (AppliedMark mark = new AppliedMark(directory)) {
        mark.advance(index);
      }
    }
    assertThat(AppliedMark.read(directory, true)).isEqualTo(5);

    try (AppliedMark mark = new AppliedMark(directory)) {
      for (long index = 0; index < 100; index++) {
        mark.advance(index);
      }
    }
    assertThat(AppliedMark.read(directory, true)).isEqualTo(99);
  }

  @Test
  void aDamagedOneIsNotBelieved() throws IOException {
    try (AppliedMark mark = new AppliedMark(directory)) {
      mark.advance(76_543);
    }
    Path file = directory.resolve(AppliedMark.FILE);
    byte[] whole = Files.readAllBytes(file);
    for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      Files.write(file, flipped);

      assertThat(AppliedMark.read(directory, true)).as("bit %d", bit).isEqualTo(-1);
      assertThat(file).as("bit %d", bit).doesNotExist();
    }
    for (byte[] wrong : new byte[][] {new byte[8], new byte[0], Arrays.copyOf(whole, 9)}) {
      Files.write(file, wrong);

      assertThat(AppliedMark.read(directory, true)).isEqualTo(-1);
    }
  }

  @Test
  void aRaftLogThatEndsBeforeItIsDamaged() throws Exception {
    try (TestCluster cluster = TestCluster.start(directory, 1)) {
      cluster.awaitLeader(GROUP);
      for (int i = 0; i < 5; i++) {
        cluster
            .node(NODE)
            .submit(GROUP, ByteBuffer.wrap(("command " + i).getBytes(UTF_8)))
            .get(30, TimeUnit.SECONDS);
      }
      cluster.stopNode(NODE);
      long last = AppliedMark.read(cluster.raftFiles(NODE, GROUP), true);
      forgetTheLastEntry(cluster.openRaftLog(NODE, GROUP));

      assertThatThrownBy(() -> cluster.startNode(NODE))
          .isInstanceOf(CorruptRaftLogException.class)
          .hasMessageContaining("ends before index " + last + ", which was applied");
    }
  }

  /** As if the node had never had it: what is left is whole, and zeros follow. */
  private static void forgetTheLastEntry(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int end = RaftLogScan.of(ByteBuffer.wrap(bytes), 0).end();
    byte[] torn = bytes.clone();
    torn[end - 1] ^= 1;
    Arrays.fill(bytes, RaftLogScan.of(ByteBuffer.wrap(torn), 0).end(), end, (byte) 0);
    Files.write(log, bytes);
  }
}
