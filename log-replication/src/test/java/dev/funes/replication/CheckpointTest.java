package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.PartitionId;
import dev.funes.raft.TermIndexed;
import dev.funes.replication.Outcome.Appended;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a checkpoint is taken, what it lets go, and what a restart finds. */
class CheckpointTest {

  private static final PartitionId PARTITION = new PartitionId(1, 0);
  private static final Command PUT =
      new Command.PutPartition(PARTITION, "orders", TestCommands.SMALL);

  @TempDir Path directory;
  private int index;

  @Test
  void itIsPublishedOnlyWhenItIsDurable() throws IOException {
    StateHarness replica = new StateHarness(directory, 1);
    apply(replica, PUT);

    assertThat(replica.state.latestCheckpoint()).isEqualTo(TermIndexed.NONE);
    replica.finishCheckpoints();
    assertThat(replica.state.latestCheckpoint()).isEqualTo(new TermIndexed(3, 0));
    replica.state.close();
  }

  @Test
  void oneIsTakenByTimeOnlyWhenAnythingWasApplied() throws IOException {
    StateHarness replica = new StateHarness(directory, Long.MAX_VALUE / 2);
    replica.nowMillis.addAndGet(Long.MAX_VALUE / 2);
    replica.state.takeCheckpoint();
    assertThat(replica.background).isEmpty();

    apply(replica, PUT);
    assertThat(replica.background).hasSize(1);
    replica.state.abandon();
  }

  @Test
  void withoutOneARestartBeginsEmpty() throws IOException {
    StateHarness replica = new StateHarness(directory, Long.MAX_VALUE / 2);
    apply(replica, PUT);
    apply(replica, append("a"));

    replica.crash();

    assertThat(replica.state.partitions().all()).isEmpty();
    assertThat(partitionDirectories()).isEmpty();
    replica.state.close();
  }

  @Test
  void aDroppedPartitionKeepsItsFilesUntilACheckpointWithoutItIsDurable() throws IOException {
    StateHarness replica = new StateHarness(directory, 1);
    apply(replica, PUT);
    apply(replica, append("a"));
    replica.finishCheckpoints();
    apply(replica, append("b"));
    replica.finishCheckpoints();
    int dropped = index;
    apply(replica, new Command.DropPartition(PARTITION));

    assertThat(replica.state.partitions().log(PARTITION)).isNull();
    assertThat(partitionDirectories()).hasSize(1);
    replica.crash();
    assertThat(replica.resumesAt()).isEqualTo(dropped);
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(2);

    index = dropped;
    apply(replica, new Command.DropPartition(PARTITION));
    replica.finishCheckpoints();
    assertThat(partitionDirectories()).isEmpty();
    replica.state.close();
  }

  @Test
  void aPartitionThatComesBackTooSoonDoesNotTouchTheFilesOfItsFormerLife() throws IOException {
    StateHarness replica = new StateHarness(directory, 1);
    apply(replica, PUT);
    replica.finishCheckpoints();
    apply(replica, append("first life"));
    replica.finishCheckpoints();
    Map<String, String> atCheckpoint = replica.fingerprint();
    int dropped = index;
    List<Command> after =
        List.of(
            new Command.DropPartition(PARTITION),
            PUT,
            append("second life"),
            new Command.DropPartition(PARTITION),
            PUT,
            append("third life"));
    for (Command command : after) {
      apply(replica, command);
    }
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(1);
    Map<String, String> atEnd = replica.fingerprint();

    replica.crash();

    assertThat(replica.resumesAt()).isEqualTo(dropped);
    assertThat(replica.fingerprint()).isEqualTo(atCheckpoint);
    assertThat(partitionDirectories()).hasSize(1);
    index = dropped;
    for (Command command : after) {
      apply(replica, command);
    }
    assertThat(replica.fingerprint()).isEqualTo(atEnd);
    replica.finishCheckpoints();
    replica.closeAndReopen();
    assertThat(replica.fingerprint()).isEqualTo(atEnd);
    assertThat(partitionDirectories()).hasSize(1);
    replica.state.close();
  }

  @Test
  void aNameOfTheGreatestLengthFitsIntoADirectoryName() throws IOException {
    StateHarness replica = new StateHarness(directory, Long.MAX_VALUE / 2);
    PartitionId id = new PartitionId(Long.MAX_VALUE, 9_999);
    apply(replica, new Command.PutPartition(id, "n".repeat(249), TestCommands.SMALL));

    assertThat(apply(replica, new Command.Append(id, TestCommands.batch("a"))).outcomes())
        .containsExactly(new Appended(0, false));
    replica.closeAndReopen();
    assertThat(replica.log(id).endOffset()).isEqualTo(1);
    replica.state.close();
  }

  @Test
  void aFailedCheckpointStopsTheNodeAndNamesTheFile() throws IOException {
    StateHarness replica = new StateHarness(directory, 1);
    apply(replica, PUT);
    Path prepared = directory.resolve("checkpoints").resolve("0.tmp");
    Disk.deleteTree(prepared);
    Files.writeString(prepared, "in the way");

    replica.finishCheckpoints();

    assertThat(replica.fatal).singleElement().asString().contains(prepared.toString());
    replica.state.abandon();
  }

  @Test
  void anEntryOfANewerVersionStopsTheNodeAndGarbageDoesNot() throws IOException {
    StateHarness replica = new StateHarness(directory, Long.MAX_VALUE / 2);

    ByteBuffer garbage = ByteBuffer.wrap(new byte[] {1, 2, 3});
    assertThat(Reply.decode(replica.state.apply(3, 0, garbage)).outcomes()).isEmpty();
    assertThatThrownBy(() -> replica.state.apply(3, 1, ByteBuffer.wrap(new byte[] {9})))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("entry 1")
        .hasMessageContaining("version 9");
    replica.state.close();
    assertThat(Files.exists(directory.resolve("checkpoints").resolve("0")))
        .as("no checkpoint of a state that failed")
        .isFalse();
  }

  @Test
  void batchesThatNoNodeShouldHaveProposedAreRefusedTheSameOnEveryReplica() throws IOException {
    StateHarness replica = new StateHarness(directory, Long.MAX_VALUE / 2);
    apply(replica, PUT);
    ByteBuffer whole = TestCommands.batch("a", "b");

    assertThat(
            apply(
                    replica,
                    new Command.Append(PARTITION, ByteBuffer.allocate(0)),
                    new Command.Append(PARTITION, ByteBuffer.allocate(100)),
                    new Command.Append(PARTITION, whole.duplicate().limit(whole.limit() - 1)),
                    new Command.PutPartition(PARTITION, "../escape", TestCommands.SMALL))
                .outcomes())
        .hasSize(4)
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Invalid.class));
    assertThat(replica.log(PARTITION).endOffset()).isZero();
    replica.state.close();
  }

  private static Command append(String value) {
    return new Command.Append(PARTITION, TestCommands.batch(value));
  }

  private Reply apply(StateHarness replica, Command... commands) throws IOException {
    return replica.apply(index++, new Entry(1_000, List.of(commands)));
  }

  private List<Path> partitionDirectories() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("partitions"))) {
      return all.toList();
    }
  }
}
