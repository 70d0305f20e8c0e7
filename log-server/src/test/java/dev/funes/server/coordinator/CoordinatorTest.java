package dev.funes.server.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.NodeId;
import dev.funes.group.Assignor;
import dev.funes.group.OffsetTarget;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Outcome;
import dev.funes.server.coordinator.GroupProblem.Kind;
import dev.funes.state.OffsetCause;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the coordinator proposes, and what it makes of the outcome. */
class CoordinatorTest {
  private static final String GROUP = "g";
  private static final int MANY = 1_000;

  private final FakeGroupStore store = new FakeGroupStore();
  private Coordinator coordinator;

  @BeforeEach
  void start() {
    store.topic("t", 4);
    coordinator = new Coordinator(store, InstantSource.system(), new Random(1));
    coordinator.startTicking();
  }

  @AfterEach
  void close() {
    coordinator.close();
  }

  @Test
  void whatComesMeanwhileGoesIntoTheNextChangeTogether() throws InterruptedException {
    List<Sink> sinks = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      sinks.add(join(""));
    }
    int updates = 0;
    int members = 0;
    while (members < MANY) {
      FakeGroupStore.Update update = store.next();
      assertThat(store.updates).as("one at a time").isEmpty();
      members = update.next().members().size();
      updates++;
      store.apply(update);
    }
    assertThat(updates).isLessThan(20);
    for (Sink sink : sinks) {
      assertThat(sink.next()).isEqualTo("joined");
    }
  }

  @Test
  void nobodyIsToldBeforeItIsStored() throws InterruptedException {
    Sink sink = join("");
    FakeGroupStore.Update update = store.next();
    assertThat(sink.told).isEmpty();
    store.apply(update);
    assertThat(sink.next()).isEqualTo("joined");
    assertThat(sink.next()).isEqualTo("assigned 4");
  }

  @Test
  void aTopicThatIsCreatedWhileAMemberIsBeingStoredIsGivenToIt() throws InterruptedException {
    Sink sink = join("", "t.*");
    FakeGroupStore.Update update = store.next(); // made without the topic

    store.topic("t-later", 2);
    coordinator.viewChanged();
    store.apply(update);
    assertThat(sink.next()).isEqualTo("joined");
    assertThat(sink.next()).isEqualTo("assigned 4");

    store.apply(store.next());
    assertThat(sink.next()).isEqualTo("assigned 6");
  }

  @Test
  void whatWasSurelyNotWrittenIsTriedAgain() throws InterruptedException {
    Sink sink = join("");
    store.next().outcome().complete(new Outcome.Busy(1));
    FakeGroupStore.Update again = store.next();
    assertThat(again.next().members()).hasSize(1);
    store.apply(again);
    assertThat(sink.next()).isEqualTo("joined");
  }

  @Test
  void anOlderRecordChangesNothingAndIsForgotten() throws InterruptedException {
    Sink member = join("");
    store.apply(store.next());
    assertThat(member.next()).isEqualTo("joined");
    assertThat(member.next()).isEqualTo("assigned 4");
    CompletableFuture<Void> pause = coordinator.pause(GROUP, true);
    store.next().outcome().complete(new Outcome.VersionConflict(9));
    assertFails(pause, new Kind.Unavailable());
    assertThat(member.next()).isEqualTo("ended " + new Kind.Unavailable());
    assertThat(coordinator.describe(GROUP).join().connected()).isEmpty();
    assertThat(coordinator.describe(GROUP).join().record().members()).hasSize(1);
  }

  @Test
  void whoeverLeadsNoMoreSaysWhoDoes() throws InterruptedException {
    Sink member = join("");
    store.apply(store.next());
    assertThat(member.next()).isEqualTo("joined");
    assertThat(member.next()).isEqualTo("assigned 4");
    CompletableFuture<Void> pause = coordinator.pause(GROUP, true);
    FakeGroupStore.Update lost = store.next();
    store.leadership = -1;
    assertThat(member.next()).isEqualTo("ended " + new Kind.NotCoordinator(new NodeId(2)));
    lost.outcome().complete(new Outcome.UnknownOutcome("closed"));
    assertFails(pause, new Kind.UnknownOutcome());
    assertThat(join("").next()).isEqualTo("ended " + new Kind.NotCoordinator(new NodeId(2)));

    // Back again: the member may come back with its id, and keeps what it holds.
    store.leadership = 3;
    Sink again = join(member.memberId);
    assertThat(again.next()).isEqualTo("joined");
    assertThat(again.memberId).isEqualTo(member.memberId);
    assertThat(again.next()).isEqualTo("assigned 4");
  }

  @Test
  void aResetUnderWayOutlivesTheOneWhoAsked() throws InterruptedException {
    Sink member = join("");
    store.apply(store.next());
    assertThat(member.next()).isEqualTo("joined");
    assertThat(member.next()).isEqualTo("assigned 4");
    OffsetUpdate update =
        new OffsetUpdate(OffsetCause.RESET, 0, List.of(new OffsetTarget(1, 0, 0L)));
    CompletableFuture<OffsetsUpdated> reset = coordinator.updateOffsets(GROUP, update);
    store.apply(store.next());
    assertThat(member.next()).isEqualTo("assigned 3");
    assertFails(coordinator.updateOffsets(GROUP, update), new Kind.Resetting());
    store.leadership = 3;
    assertFails(reset, new Kind.UnknownOutcome());
    assertThat(member.next()).startsWith("ended");

    Sink again = join(member.memberId);
    assertThat(again.next()).isEqualTo("joined");
    assertThat(again.next()).isEqualTo("assigned 3");
    coordinator.release(GROUP, again.memberId, again, Set.of(new Assigned.Revoked("t", 0)));
    FakeGroupStore.Update done = store.next();
    assertThat(done.next().reset()).isNull();
    store.apply(done);
    assertThat(again.next()).isEqualTo("assigned 4");
  }

  @Test
  void aKickReachesAMemberThatIsNotConnectedWhenItComesBack() throws Exception {
    Sink member = join("");
    store.apply(store.next());
    assertThat(member.next()).isEqualTo("joined");
    assertThat(member.next()).isEqualTo("assigned 4");
    store.leadership = 3;
    assertThat(member.next()).startsWith("ended");

    CompletableFuture<Void> kicked = coordinator.kick(GROUP, member.memberId);
    store.apply(store.next());
    kicked.get(20, TimeUnit.SECONDS);

    assertThat(join(member.memberId).next()).isEqualTo("ended " + new Kind.Kicked());
    assertThat(join("another").next()).isEqualTo("ended " + new Kind.UnknownMember());
  }

  private Sink join(String memberId) {
    return join(memberId, "");
  }

  private Sink join(String memberId, String pattern) {
    Sink sink = new Sink();
    coordinator.join(
        GROUP,
        new Joining(
            memberId,
            "",
            "",
            "",
            "",
            new TreeSet<>(List.of("t")),
            pattern,
            Assignor.BALANCED,
            60_000,
            60_000),
        sink);
    return sink;
  }

  private static void assertFails(CompletableFuture<?> future, Kind kind) {
    assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            GroupProblem.class, problem -> assertThat(problem.kind()).isEqualTo(kind));
  }

  /** A stream that notes what it is told. */
  private static final class Sink implements MemberSink {
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    volatile String memberId = "";

    String next() throws InterruptedException {
      String next = told.poll(20, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void joined(String id, int heartbeatMillis) {
      memberId = id;
      told.add("joined");
    }

    @Override
    public void assigned(Assigned assigned) {
      told.add("assigned " + assigned.granted().size());
    }

    @Override
    public void heartbeat(long generation) {
      told.add("heartbeat");
    }

    @Override
    public void left() {
      told.add("left");
    }

    @Override
    public void ended(GroupProblem problem) {
      told.add("ended " + problem.kind());
    }
  }
}
