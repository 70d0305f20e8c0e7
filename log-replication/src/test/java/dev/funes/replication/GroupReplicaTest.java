package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.group.Assignor;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.group.OffsetTarget;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.GroupUpdated;
import dev.funes.replication.Outcome.NotOwner;
import dev.funes.replication.Outcome.UnknownMember;
import dev.funes.replication.Outcome.VersionConflict;
import dev.funes.state.GroupOffset;
import dev.funes.state.HistoryEntry;
import dev.funes.state.OffsetCause;
import dev.funes.state.StoredOffset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A consumer group on three replicas in one JVM, with a change of leader in between. */
class GroupReplicaTest {

  private static final String GROUP = "billing";
  private static final PartitionId P0 = new PartitionId(1, 0);

  @TempDir Path directory;

  @Test
  void theRecordOutlivesItsCoordinatorAndOldOnesChangeNothing() throws Exception {
    try (ReplicaTrio trio = new ReplicaTrio(directory, ReplicaLimits.DEFAULTS)) {
      // Offsets of topics that are gone would be forgotten.
      trio.createTopic("orders", 1, TestCommands.SMALL);
      GroupRecord first = GroupRecord.empty(1).next(1, false, 0, List.of(holder("one", 1)), null);
      assertThat(ask(trio, each -> each.updateGroup(GROUP, 0, first, null)))
          .isEqualTo(new GroupUpdated(1, 0));
      assertThat(ask(trio, each -> commit(each, "one", 1, 5))).isEqualTo(new Done());

      NodeId coordinator = leader(trio);
      trio.stop(coordinator);

      assertThat(ask(trio, each -> each.updateGroup(GROUP, 0, first, null)))
          .isEqualTo(new VersionConflict(1));
      GroupRecord second = first.next(2, false, 0, List.of(holder("two", 2)), null);
      OffsetUpdate offsets =
          new OffsetUpdate(OffsetCause.RESET, 0, List.of(new OffsetTarget(1, 0, 3L)));
      assertThat(ask(trio, each -> each.updateGroup(GROUP, 1, second, offsets)))
          .isEqualTo(new GroupUpdated(2, 2));
      assertThat(ask(trio, each -> commit(each, "one", 1, 6))).isEqualTo(new UnknownMember());
      assertThat(ask(trio, each -> commit(each, "two", 1, 6))).isEqualTo(new NotOwner(P0));
      assertThat(ask(trio, each -> commit(each, "two", 2, 7))).isEqualTo(new Done());
      assertThat(ask(trio, each -> each.putBookmark(GROUP, "here", false))).isEqualTo(new Done());

      trio.start(coordinator);
      trio.awaitEqualReplicas();
      for (Replica replica : trio.replicas().values()) {
        await()
            .atMost(ReplicaTrio.PATIENCE)
            .untilAsserted(() -> assertThat(replica.groupRecord(GROUP)).isEqualTo(second));
        assertThat(history(replica))
            .extracting(HistoryEntry::cause)
            .containsExactly(OffsetCause.COMMIT, OffsetCause.RESET, OffsetCause.COMMIT);
      }
      assertThat(ask(trio, each -> each.deleteBookmark(GROUP, "here"))).isEqualTo(new Done());
      assertThat(ask(trio, each -> each.deleteGroup(GROUP, 2))).isEqualTo(new Done());
      trio.awaitEqualReplicas();
      assertThat(trio.replicas().values()).allMatch(each -> each.groupRecord(GROUP) == null);
    }
  }

  /** From whoever leads; none of these outcomes comes from a try whose answer got lost. */
  private static Applied ask(
      ReplicaTrio trio, Function<Replica, CompletableFuture<Outcome>> question) {
    return trio.onAny(
        replica -> {
          Outcome outcome = question.apply(replica).orTimeout(30, TimeUnit.SECONDS).join();
          if (outcome instanceof Outcome.UnknownOutcome unknown) {
            throw new AssertionError("expected an answer, was " + unknown);
          }
          return outcome instanceof Applied applied ? applied : null;
        });
  }

  private static NodeId leader(ReplicaTrio trio) {
    return trio.onAny(replica -> dataGroup(replica).leads() ? replica.self() : null);
  }

  private static DataGroup dataGroup(Replica replica) {
    DataGroup group = replica.dataGroup(replica.placement().raftGroupOfConsumerGroup(GROUP));
    if (group == null) {
      throw new AssertionError("three nodes have three replicas of everything");
    }
    return group;
  }

  private static List<HistoryEntry> history(Replica replica) {
    return dataGroup(replica).state().history(GROUP, 0, 10);
  }

  private static CompletableFuture<Outcome> commit(
      Replica replica, String member, long generation, long offset) {
    return replica.commitOffsets(
        GROUP,
        member,
        generation,
        List.of(new GroupOffset(1, 0, new StoredOffset(offset, -1, "", 0))));
  }

  private static Member holder(String id, long generation) {
    return new Member(
        id,
        "",
        "",
        "localhost",
        "",
        new TreeSet<>(List.of("orders")),
        "",
        Assignor.BALANCED,
        10_000,
        60_000,
        1,
        new TreeMap<>(Map.of(P0, new Held(generation, false))));
  }
}
