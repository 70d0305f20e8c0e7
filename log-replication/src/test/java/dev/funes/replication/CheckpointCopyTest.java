package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.group.GroupRecord;
import dev.funes.log.CheckpointStore;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint on its way from one replica's directory into another's. */
class CheckpointCopyTest {

  private static final PartitionId PARTITION = new PartitionId(1, 0);
  private static final PartitionId DROPPED = new PartitionId(2, 0);
  private static final PartitionId LATE = new PartitionId(3, 0);
  private static final String VALUE = "y".repeat(200_000);

  @TempDir Path root;

  private StateHarness leader;
  private final List<String> reads = new ArrayList<>();
  private LocalCheckpoints.Way way = (_, _, bytes) -> bytes;
  private int index;
  private boolean diskIsShort;

  @BeforeEach
  void aLeaderThatIsFarAhead() throws IOException {
    leader = new StateHarness(root.resolve("leader"), 1);
    for (Command command : beginning()) {
      apply(leader, command);
    }
    int common = index;
    StateHarness follower = new StateHarness(root.resolve("follower"), 1);
    index = 0;
    for (Command command : beginning()) {
      apply(follower, command);
    }
    assertThat(index).isEqualTo(common);
    follower.state.abandon();
    for (Command command : rest()) {
      apply(leader, command);
    }
  }

  @AfterEach
  void close() {
    leader.state.abandon();
  }

  private static List<Command> beginning() {
    List<Command> commands = new ArrayList<>();
    commands.add(new Command.PutPartition(PARTITION, "orders", TestCommands.SMALL));
    commands.add(new Command.PutPartition(DROPPED, "gone", TestCommands.SMALL));
    commands.add(new Command.Append(DROPPED, TestCommands.batch(100, 0, 0, "a")));
    for (int i = 0; i < 8; i++) {
      commands.add(append(PARTITION, i + VALUE)); // some files, the last one half full
    }
    return commands;
  }

  private static List<Command> rest() {
    List<Command> commands = new ArrayList<>();
    commands.add(new Command.DropPartition(DROPPED));
    commands.add(new Command.PutPartition(LATE, "late", TestCommands.SMALL));
    commands.add(append(LATE, "b"));
    for (int i = 8; i < 14; i++) {
      commands.add(append(PARTITION, i + VALUE));
    }
    commands.add(new Command.TrimBefore(PARTITION, 1));
    GroupRecord none = GroupRecord.empty(1);
    RandomGroupCommands groups = new RandomGroupCommands(new Random(7), _ -> none);
    for (int i = 0; i < 20; i++) {
      commands.add(groups.next(1_000));
    }
    return commands;
  }

  private static Command append(PartitionId id, String value) {
    return new Command.Append(id, TestCommands.batch(value));
  }

  private void apply(StateHarness replica, Command command) throws IOException {
    replica.apply(index++, new Entry(1_000_000 + index, List.of(command)));
    replica.finishCheckpoints();
  }

  @Test
  void theCopyIsTheSame() throws IOException {
    StateHarness follower = follower();

    assertThat(copy(follower)).isEqualTo(leader.state.latestCheckpoint());
    follower.state.reopen();

    assertThat(follower.fingerprint()).isEqualTo(leader.fingerprint());
    assertThat(follower.state.latestCheckpoint()).isEqualTo(leader.state.latestCheckpoint());
    assertThat(follower.state.isCheckpointCopied()).isTrue();
    apply(leader, append(LATE, "c"));
    index--;
    apply(follower, append(LATE, "c"));
    assertThat(follower.fingerprint()).isEqualTo(leader.fingerprint());
    assertThat(follower.state.isCheckpointCopied()).isFalse();
    follower.closeAndReopen();
    assertThat(follower.fingerprint()).isEqualTo(leader.fingerprint());
    assertThat(Files.exists(root.resolve("follower/arrived"))).isFalse();
    follower.state.abandon();
  }

  @Test
  void onlyWhatIsNotHereIsRead() throws IOException {
    StateHarness follower = follower();
    Set<Long> positions = new TreeSet<>();

    copy(follower);

    List<String> segments = reads.stream().filter(read -> read.contains("orders")).toList();
    assertThat(segments).as("not the files that are whole here").hasSizeLessThan(leaderFiles());
    segments.forEach(read -> positions.add(Long.parseLong(read.replaceAll(".* ", ""))));
    assertThat(positions).as("nor what the last one has already").anyMatch(from -> from > 0);
    follower.state.abandon();
  }

  @Test
  void aCopyThatWasEndedGoesOnWhereItWas() throws IOException {
    StateHarness follower = follower();
    int[] left = {25};
    way =
        (_, _, bytes) -> {
          if (--left[0] < 0) {
            throw new IOException("the node is gone");
          }
          return bytes;
        };
    assertThatThrownBy(() -> copy(follower)).hasMessageContaining("the node is gone");
    follower.crash();
    way = (_, _, bytes) -> bytes;
    reads.clear();

    copy(follower);

    assertThat(reads).as("keyed state was there").noneMatch(read -> read.startsWith("state/"));
    follower.state.reopen();
    assertThat(follower.fingerprint()).isEqualTo(leader.fingerprint());
    follower.state.abandon();
  }

  @Test
  void aNewerCheckpointUsesWhatWasCopiedOfTheOlder() throws IOException {
    StateHarness follower = follower();
    copy(follower);
    for (int i = 0; i < 4; i++) {
      apply(leader, append(PARTITION, "more" + VALUE));
    }
    reads.clear();

    TermIndexed copied = copy(follower, leader.state.latestCheckpoint().index() + 1);

    assertThat(copied).isEqualTo(leader.state.latestCheckpoint());
    assertThat(reads.stream().filter(read -> read.contains("orders")).toList())
        .hasSizeLessThan(leaderFiles());
    follower.state.reopen();
    assertThat(follower.fingerprint()).isEqualTo(leader.fingerprint());
    follower.state.abandon();
  }

  @Test
  void aSegmentThatComesDamagedIsCopiedAgain() throws IOException {
    StateHarness follower = follower();
    boolean[] damaged = {false};
    way =
        (_, file, bytes) -> {
          if (file.contains("orders") && !damaged[0]) {
            damaged[0] = true;
            return flipped(bytes);
          }
          return bytes;
        };

    copy(follower);

    assertThat(damaged[0]).isTrue();
    follower.state.reopen();
    assertThat(follower.fingerprint()).isEqualTo(leader.fingerprint());
    follower.state.abandon();
  }

  @Test
  void whatOnlyComesDamagedIsNeverGoneOverTo() throws IOException {
    for (String what : List.of("orders", "state/", "late")) {
      Path directory = root.resolve("damaged-" + what.replace("/", ""));
      copyTree(root.resolve("follower"), directory);
      StateHarness follower = new StateHarness(directory, 1);
      Map<String, String> before = follower.fingerprint();
      way = (_, file, bytes) -> file.contains(what) ? flipped(bytes) : bytes;

      assertThatThrownBy(() -> copy(follower, directory, new CheckpointSwitch(directory), 0))
          .as(what)
          .hasMessageContaining("damaged");

      follower.state.reopen();
      assertThat(follower.fingerprint()).isEqualTo(before);
      follower.state.abandon();
    }
  }

  @Test
  void nothingIsCopiedOntoADiskBelowItsReserve() throws IOException {
    StateHarness follower = follower();
    diskIsShort = true;
    assertThatThrownBy(() -> copy(follower)).hasMessageContaining("below its reserve");
    diskIsShort = false;
    assertThat(copy(follower)).isEqualTo(leader.state.latestCheckpoint());
    follower.state.abandon();
  }

  @Test
  void aFileThatComesTooShortOrTooLongIsNotTaken() throws IOException {
    StateHarness follower = follower();
    way = (_, _, bytes) -> bytes.slice(0, bytes.remaining() - 1);
    assertThatThrownBy(() -> copy(follower)).hasMessageContaining("damaged");
    way =
        (_, _, bytes) -> {
          ByteBuffer longer = ByteBuffer.allocate(bytes.remaining() + 1);
          return longer.put(bytes).rewind();
        };
    assertThatThrownBy(() -> copy(follower)).hasMessageContaining("damaged");
    follower.state.abandon();
  }

  @Test
  void aCrashAtAnyStepLeavesTheOldOrTheNew() throws IOException {
    Map<String, String> newOne = leader.fingerprint();
    StateHarness first = follower();
    Map<String, String> oldOne = first.fingerprint();
    first.state.abandon();
    Set<String> seen = new HashSet<>();
    int olds = 0;
    int news = 0;
    boolean crashed = true;
    for (int step = 0; crashed; step++) {
      Path directory = root.resolve("crash-" + step);
      copyTree(root.resolve("follower"), directory);
      StateHarness follower = new StateHarness(directory, 1);
      int left = step;
      int[] counted = {left};
      CheckpointSwitch switching =
          new CheckpointSwitch(
              directory,
              name -> {
                seen.add(name);
                if (counted[0]-- == 0) {
                  throw new IOException("crash before: " + name);
                }
              });
      crashed = crashes(follower, directory, switching);

      StateHarness restarted = new StateHarness(directory, 1);
      Map<String, String> found = restarted.fingerprint();
      assertThat(found).as("step %d", step).isIn(oldOne, newOne);
      if (found.equals(oldOne)) {
        olds++;
      } else {
        news++;
      }
      copy(restarted, directory, new CheckpointSwitch(directory), 0);
      restarted.state.reopen();
      assertThat(restarted.fingerprint()).as("step %d, again", step).isEqualTo(newOne);
      restarted.closeAndReopen();
      assertThat(restarted.fingerprint()).as("step %d, restarted", step).isEqualTo(newOne);
      restarted.state.abandon();
      try (Stream<Path> left2 = Files.list(directory)) {
        assertThat(left2.map(path -> path.getFileName().toString()))
            .containsExactlyInAnyOrder("checkpoints", "partitions", "state");
      }
    }
    assertThat(olds).as("steps that leave the old one, of %s", seen).isGreaterThan(2);
    assertThat(news).as("steps that leave the new one, of %s", seen).isGreaterThan(8);
  }

  private boolean crashes(StateHarness follower, Path directory, CheckpointSwitch switching) {
    try {
      copy(follower, directory, switching, 0);
      follower.state.abandon();
      switching.finish(new CheckpointStore(directory.resolve("checkpoints")));
      return false;
    } catch (IOException crash) {
      assertThat(crash).hasMessageContaining("crash before");
      follower.state.abandon();
      return true;
    }
  }

  @Test
  void whatIsBeingCopiedIsNotDeleted() throws IOException {
    StateHarness follower = follower();
    boolean[] moved = {false};
    way =
        (_, _, bytes) -> {
          if (!moved[0]) {
            moved[0] = true;
            apply(leader, new Command.TrimBefore(PARTITION, 14));
            apply(leader, append(LATE, "newer"));
          }
          return bytes;
        };

    TermIndexed copied = Objects.requireNonNull(copy(follower));

    assertThat(leader.state.latestCheckpoint().index()).isGreaterThan(copied.index());
    assertThat(leader.state.purgeBound().index()).isLessThanOrEqualTo(copied.index());
    follower.state.abandon();
  }

  private int leaderFiles() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("leader/partitions"))) {
      return (int) files.filter(file -> file.toString().matches(".*orders.*\\.log")).count();
    }
  }

  private StateHarness follower() throws IOException {
    return new StateHarness(root.resolve("follower"), 1);
  }

  private @Nullable TermIndexed copy(StateHarness follower) throws IOException {
    return copy(follower, 0);
  }

  private @Nullable TermIndexed copy(StateHarness follower, long firstIndex) throws IOException {
    Path directory = root.resolve("follower");
    return copy(follower, directory, new CheckpointSwitch(directory), firstIndex);
  }

  private @Nullable TermIndexed copy(
      StateHarness follower, Path directory, CheckpointSwitch files, long firstIndex)
      throws IOException {
    return new CheckpointCopy(
            new RaftGroupId(1),
            directory,
            files,
            new FromLeader(),
            new CheckpointCopies.Running(
                new NodeId(1), new Throttle(1L << 40, System::nanoTime), () -> diskIsShort))
        .copy(firstIndex, follower.state.latestCheckpoint());
  }

  private final class FromLeader implements RemoteCheckpoints {
    @Override
    public @Nullable CheckpointListing describe(NodeId node, RaftGroupId group) throws IOException {
      return leader.state.checkpointer().pin();
    }

    @Override
    public void read(
        NodeId node, RaftGroupId group, long index, String name, long position, Sink sink)
        throws IOException {
      reads.add(name + " from " + position);
      try (CheckpointReader reader = leader.state.checkpointer().open(index, name, position)) {
        for (ByteBuffer bytes = reader.next(50_000); bytes != null; bytes = reader.next(50_000)) {
          sink.accept(way.pass(node, name, bytes));
        }
      }
    }
  }

  private static ByteBuffer flipped(ByteBuffer bytes) {
    int at = bytes.position() + bytes.remaining() / 2;
    return bytes.put(at, (byte) (bytes.get(at) ^ 4));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path each : tree.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }
}
