package dev.funes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {

  @Test
  void givesEveryNodeARaftGroupToLeadAndThreeAtLeast() {
    assertThat(IntStream.of(1, 2, 3, 5).map(Placement::defaultDataRaftGroupCount))
        .containsExactly(3, 3, 3, 5);
  }

  @Test
  void putsTheMetadataRaftGroupOnEveryNode() {
    Placement placement = Placement.of("c", nodes(5), 3);

    assertThat(placement.replicas(RaftGroupId.METADATA)).hasSize(5);
    assertThat(placement.raftGroupsOf(new NodeId(4))).contains(RaftGroupId.METADATA);
  }

  @Test
  void spreadsReplicasAndLeadersEvenly() {
    for (int count = 1; count <= 7; count++) {
      Placement placement = new Placement("c", nodes(count), Math.min(3, count), 2 * count);
      Map<NodeId, Integer> leads = new HashMap<>();
      Map<NodeId, Integer> holds = new HashMap<>();

      for (RaftGroupId group : placement.dataRaftGroups()) {
        leads.merge(placement.preferredLeader(group), 1, Integer::sum);
        placement.replicas(group).forEach(node -> holds.merge(node, 1, Integer::sum));
        assertThat(placement.replicas(group))
            .doesNotHaveDuplicates()
            .hasSize(Math.min(3, count))
            .startsWith(placement.preferredLeader(group));
      }

      assertThat(leads).as("%d nodes", count).hasSize(count);
      assertThat(leads.values()).as("%d nodes", count).containsOnly(2);
      assertThat(holds.values()).as("%d nodes", count).containsOnly(2 * Math.min(3, count));
    }
  }

  @Test
  void spreadsThePartitionsOfATopicOverAllRaftGroups() {
    Placement placement = new Placement("c", nodes(3), 3, 6);
    Topic topic = TestTopics.topic("orders", 17, 12);
    Map<RaftGroupId, Integer> partitions = new HashMap<>();

    for (int i = 0; i < 12; i++) {
      partitions.merge(placement.raftGroupOf(topic.partition(i)), 1, Integer::sum);
    }

    assertThat(partitions.keySet()).containsExactlyInAnyOrderElementsOf(placement.dataRaftGroups());
    assertThat(partitions.values()).containsOnly(2);
  }

  @Test
  void spreadsConsumerGroupsWithSimilarNames() {
    Placement placement = new Placement("c", nodes(3), 3, 6);
    Map<RaftGroupId, Integer> groups = new HashMap<>();

    for (int i = 0; i < 600; i++) {
      groups.merge(placement.raftGroupOfConsumerGroup("shipping-" + i), 1, Integer::sum);
    }

    assertThat(groups).hasSize(6).doesNotContainKey(RaftGroupId.METADATA);
    assertThat(groups.values()).allMatch(count -> count > 50);
  }

  @Test
  void givesEachClusterItsOwnRaftGroupIds() {
    RaftGroupId group = new RaftGroupId(1);

    assertThat(group.uuid("a")).isEqualTo(group.uuid("a")).isNotEqualTo(group.uuid("b"));
    assertThat(group.uuid("a")).isNotEqualTo(new RaftGroupId(2).uuid("a"));
  }

  @Test
  void doesNotDependOnTheOrderOfTheNodes() {
    List<NodeEndpoint> reversed = new ArrayList<>(nodes(3)).reversed();

    assertThat(Placement.of("c", reversed)).isEqualTo(Placement.of("c", nodes(3)));
  }

  @Test
  void refusesWhatCannotBePlaced() {
    NodeEndpoint one = new NodeEndpoint(new NodeId(1), "h", 1, 2);
    assertThatThrownBy(() -> Placement.of("c", List.of())).hasMessageContaining("nodes");
    assertThatThrownBy(() -> Placement.of("c", nodes(3), 4))
        .hasMessage("replication-factor must be 1 to the number of nodes, 3, was 4");
    assertThatThrownBy(
            () -> Placement.of("c", List.of(one, new NodeEndpoint(new NodeId(1), "h", 3, 4))))
        .hasMessage("node id 1 is there twice");
    assertThatThrownBy(
            () -> Placement.of("c", List.of(one, new NodeEndpoint(new NodeId(2), "h", 3, 2))))
        .hasMessage("address h:2 is there twice");
    assertThatThrownBy(() -> Placement.of("c", nodes(3)).replicas(new RaftGroupId(4)))
        .hasMessage("raft group must be 0 to 3, was 4");
    assertThatThrownBy(() -> new NodeEndpoint(new NodeId(1), "h", 0, 2))
        .hasMessage("port of node 1 must be 1 to 65535, was 0");
    assertThatThrownBy(() -> new NodeId(0)).hasMessage("node id must be 1 or more, was 0");
  }

  @Test
  void putsIpv6AddressesInBrackets() {
    assertThat(new NodeEndpoint(new NodeId(1), "::1", 7070, 7080).raftAddress())
        .isEqualTo("[::1]:7080");
  }

  private static List<NodeEndpoint> nodes(int count) {
    List<NodeEndpoint> nodes = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      nodes.add(new NodeEndpoint(new NodeId(id), "host" + id, 7070, 7080));
    }
    return nodes;
  }
}
