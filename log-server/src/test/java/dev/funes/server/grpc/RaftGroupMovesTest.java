package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.proto.v1.DescribeClusterResponse;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.proto.v1.RaftGroup;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What may happen while raft groups move, by what the nodes say of them. */
class RaftGroupMovesTest {
  private static final NodeId FOUR = new NodeId(4);

  private static final ClusterView VIEW =
      ClusterView.empty(
          new Placement(
              "test",
              IntStream.rangeClosed(1, 4)
                  .mapToObj(id -> new NodeEndpoint(new NodeId(id), "h" + id, 7070, 7080))
                  .toList(),
              3,
              2));

  private static final RaftGroup METADATA = raftGroup(0, List.of(1, 2, 3, 4), List.of(1, 2, 3, 4));
  private static final RaftGroup SETTLED = raftGroup(1, List.of(1, 2, 3), List.of(3, 2, 1));

  @Test
  void nothingMovesWhileALeadMoves() {
    assertThat(PlacementDriver.waitsFor(VIEW, cluster(METADATA, SETTLED))).isEmpty();

    assertThat(
            PlacementDriver.waitsFor(
                VIEW, cluster(METADATA, raftGroup(1, List.of(1, 2, 3), List.of()))))
        .isEqualTo("raft group 1: its voters are not known just now");
  }

  @Test
  void aRaftGroupThatMovesIsAMoveLeft() {
    assertThat(ClusterStatus.moving(List.of(METADATA, SETTLED))).isZero();
    assertThat(
            ClusterStatus.moving(
                List.of(
                    METADATA,
                    raftGroup(1, List.of(1, 2, 3), List.of(1, 2, 3, 4)),
                    raftGroup(2, List.of(1, 2, 3), List.of(1, 2, 4)),
                    raftGroup(3, List.of(1, 2, 3), List.of()),
                    raftGroup(4, List.of(1, 2, 3), List.of(1, 2, 3)))))
        .isEqualTo(3);
  }

  @Test
  void aNodeIsRemovedOnlyWhenNoQuorumCountsOnIt() {
    assertThatCode(() -> Removals.demandNoVote(FOUR, cluster(METADATA, SETTLED)))
        .doesNotThrowAnyException();

    assertNotYet(
        "raft group 2: node 4 is still a voter",
        METADATA,
        SETTLED,
        raftGroup(2, List.of(1, 2, 3), List.of(1, 2, 3, 4)));
    assertNotYet(
        "raft group 2: its voters are not known just now",
        METADATA,
        SETTLED,
        raftGroup(2, List.of(1, 2, 3), List.of()));
    assertNotYet(
        "raft group 0: the node that was removed before is still a voter",
        raftGroup(0, List.of(1, 2, 3, 4), List.of(1, 2, 3, 4, 5)),
        SETTLED);
  }

  /** Not for now but for good, and not by this. */
  @Test
  void aNodeOnWhichARaftGroupIsPlacedIsLeftToTheMetadata() {
    assertThatCode(
            () ->
                Removals.demandNoVote(
                    FOUR,
                    cluster(
                        raftGroup(0, List.of(1, 2, 3, 4), List.of()),
                        raftGroup(1, List.of(1, 2, 4), List.of(1, 2, 4)))))
        .doesNotThrowAnyException();
  }

  private static void assertNotYet(String message, RaftGroup... groups) {
    assertThatThrownBy(() -> Removals.demandNoVote(FOUR, cluster(groups)))
        .isInstanceOfSatisfying(
            RequestProblem.class,
            problem -> {
              assertThat(problem.error().getCode()).isEqualTo(dev.funes.proto.v1.ErrorCode.RETRY);
              assertThat(problem.error().getMessage()).startsWith(message);
            });
  }

  private static DescribeClusterResponse cluster(RaftGroup... groups) {
    return DescribeClusterResponse.newBuilder().addAllRaftGroups(List.of(groups)).build();
  }

  private static RaftGroup raftGroup(int id, List<Integer> wished, List<Integer> voters) {
    return RaftGroup.newBuilder()
        .setRaftGroup(id)
        .setLeader(NodeAddress.newBuilder().setNodeId(1))
        .addAllWished(wished)
        .addAllVoters(voters)
        .build();
  }
}
