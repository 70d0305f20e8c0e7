package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Raft groups get other voters while records are written. */
@Timeout(300)
class MembershipTest {

  private static final RaftGroupId FIRST = new RaftGroupId(1);
  private static final RaftGroupId SECOND = new RaftGroupId(2);

  @TempDir private Path directory;

  @Test
  void fromThreeNodesToFiveAndBack() throws Exception {
    Map<Integer, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
    try (ReplicaTrio trio = new ReplicaTrio(directory, ReplicaLimits.DEFAULTS)) {
      Topic topic = trio.createTopic("orders", 4, TestCommands.SMALL);
      try (ReplicaLoad load = new ReplicaLoad(trio, topic, acknowledged)) {
        load.awaitAcknowledged(100);

        for (int id : List.of(4, 5)) {
          trio.start(new NodeId(id));
          change(trio, metadata -> metadata.addNode(trio.endpoint(id)));
          awaitVoters(trio, RaftGroupId.METADATA);
          load.awaitMore(100);
        }

        move(trio, FIRST, 1, 4, 5);
        load.awaitMore(100);
        move(trio, SECOND, 4, 5, 3);
        load.awaitMore(100);
        assertThat(trio.replica(new NodeId(2)).dataGroups()).isEmpty();
        assertThat(Files.exists(trio.data(new NodeId(2)).resolve("groups/1"))).isFalse();

        move(trio, FIRST, 1, 2, 3);
        move(trio, SECOND, 2, 3, 1);
        load.awaitMore(100);
        for (int id : List.of(4, 5)) {
          change(trio, metadata -> metadata.removeNode(new NodeId(id)));
          awaitVoters(trio, RaftGroupId.METADATA);
          trio.stop(new NodeId(id));
        }
        load.awaitMore(100);
      }
      trio.fatal.removeIf(
          message ->
              message.matches("node [45]: this node is not a voter of the metadata raft group.*"));
      trio.awaitEqualReplicas();
      ReplicaLoad.assertHolds(trio, topic, acknowledged);
    }
  }

  private static void move(ReplicaTrio trio, RaftGroupId group, int... nodes) {
    List<NodeId> next = Arrays.stream(nodes).mapToObj(NodeId::new).toList();
    change(
        trio,
        metadata -> metadata.setReplicas(group, metadata.view().placement().replicas(group), next));
    awaitVoters(trio, group);
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .untilAsserted(
            () -> {
              for (Replica replica : trio.replicas().values()) {
                assertThat(replica.dataGroup(group) != null)
                    .as("raft group %s is on node %s", group, replica.self())
                    .isEqualTo(next.contains(replica.self()));
              }
            });
  }

  private static void change(
      ReplicaTrio trio, Function<MetadataGroup, CompletableFuture<PlacementOutcome>> change) {
    PlacementOutcome outcome =
        trio.onAny(
            replica -> {
              PlacementOutcome answer = change.apply(replica.metadata()).join();
              return answer instanceof PlacementOutcome.Done
                      || answer instanceof PlacementOutcome.Invalid
                  ? answer
                  : null;
            });
    assertThat(outcome).isEqualTo(new PlacementOutcome.Done());
  }

  static void awaitVoters(ReplicaTrio trio, RaftGroupId group) {
    await()
        .atMost(ReplicaTrio.PATIENCE)
        .until(
            () -> {
              for (Replica replica : trio.replicas().values()) {
                if (replica.self().equals(replica.leader(group))) {
                  Movement now = replica.movement(group);
                  return now.settled()
                      && now.doing().isEmpty()
                      && Set.copyOf(now.voters())
                          .equals(Set.copyOf(replica.placement().replicas(group)));
                }
              }
              return false;
            });
  }
}
