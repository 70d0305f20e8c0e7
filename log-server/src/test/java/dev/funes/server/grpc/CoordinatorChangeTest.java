package dev.funes.server.grpc;

import static dev.funes.server.grpc.RawMember.group;
import static dev.funes.server.grpc.RawMember.join;
import static dev.funes.server.grpc.RawMember.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.DescribeGroupRequest;
import dev.funes.proto.v1.DescribeGroupResponse;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.MemberResponse.ResponseCase;
import dev.funes.proto.v1.PauseGroupRequest;
import dev.funes.server.FunesNode;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What members and operators see of which node coordinates. */
class CoordinatorChangeTest {
  private static final String TOPIC = "t";
  private static final String GROUP = "readers";

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  private final Map<Integer, ManagedChannel> channels = new HashMap<>();

  @BeforeEach
  void createTopic() {
    for (int id = 1; id <= 3; id++) {
      channels.put(id, NettyChannelBuilder.forTarget(cluster.address(id)).usePlaintext().build());
    }
    // Just after the start leaders move to where they should be, and coordinators with them.
    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(this::leadersAreWhereTheyShouldBe);
    TestTopics.create(channel(1), TOPIC, 6);
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    for (ManagedChannel each : channels.values()) {
      each.shutdownNow();
      each.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void membersGenerationAndOffsetsOutliveTheirCoordinator() throws InterruptedException {
    int coordinator = coordinator();
    RawMember first = join(channel(coordinator), subscribed());
    first.settle(6);
    RawMember second = join(channel(coordinator), subscribed());
    Assignment ofFirst = first.settle(3);
    Assignment ofSecond = second.settle(3);
    int partition = ofFirst.getPartitions(0).getPartition();
    assertThat(first.commit(TOPIC, partition, 0, ofFirst.getGeneration()).hasError()).isFalse();

    cluster.kill(coordinator);
    assertThat(first.end()).isNotNull();
    RawMember firstAgain = rejoin(subscribed().setMemberId(first.memberId()));
    RawMember secondAgain = rejoin(subscribed().setMemberId(second.memberId()));
    Assignment after = firstAgain.settle(3);
    assertThat(names(after)).isEqualTo(names(ofFirst));
    assertThat(names(secondAgain.settle(3))).isEqualTo(names(ofSecond));
    assertThat(after.getPartitionsList())
        .filteredOn(each -> each.getPartition() == partition)
        .singleElement()
        .satisfies(each -> assertThat(each.getStoredOffset()).isZero())
        .satisfies(each -> assertThat(each.hasStoredOffset()).isTrue());
    for (AssignedPartition each : after.getPartitionsList()) {
      assertThat(each.getGrantedGeneration()).isLessThanOrEqualTo(ofSecond.getGeneration());
    }
    assertThat(after.getGeneration()).isGreaterThanOrEqualTo(ofSecond.getGeneration());
    assertThat(firstAgain.commit(TOPIC, partition, 0, ofFirst.getGeneration()).hasError())
        .as("with the generation it knew")
        .isFalse();
    secondAgain.leave();
    firstAgain.settle(6);
  }

  @Test
  void whoDoesNotComeToTheNextCoordinatorIsGoneInTime() throws InterruptedException {
    int coordinator = coordinator();
    RawMember first = join(channel(coordinator), subscribed().setSessionTimeoutMillis(2_000));
    first.settle(6);
    RawMember second = join(channel(coordinator), subscribed());
    first.settle(3);
    second.settle(3);
    cluster.kill(coordinator);
    RawMember again = rejoin(subscribed().setMemberId(second.memberId()));
    assertThat(again.settle(6).getPartitionsCount()).isEqualTo(6);
  }

  @Test
  void anyNodeAnswersAndOnlyTheCoordinatorTakesMembers() throws InterruptedException {
    int coordinator = coordinator();
    RawMember member = join(channel(coordinator), subscribed());
    member.settle(6);
    for (int id = 1; id <= 3; id++) {
      DescribeGroupResponse found = describe(id);
      assertThat(found.getCoordinator().getNodeId()).isEqualTo(coordinator);
      assertThat(found.getPartitionsList())
          .hasSize(6)
          .allMatch(each -> !each.getMemberId().isEmpty());
      assertThat(
              GroupServiceGrpc.newBlockingStub(channel(id))
                  .listGroups(ListGroupsRequest.getDefaultInstance())
                  .getGroupsList())
          .singleElement()
          .satisfies(each -> assertThat(each.getMemberCount()).isEqualTo(1));
      var _ =
          GroupServiceGrpc.newBlockingStub(channel(id))
              .pauseGroup(
                  PauseGroupRequest.newBuilder().setGroup(GROUP).setPaused(id % 2 == 1).build());
      assertThat(member.assignment().getPaused()).isEqualTo(id % 2 == 1);
      if (id != coordinator) {
        RawMember elsewhere = RawMember.open(channel(id));
        elsewhere.send(subscribed());
        Error error = Objects.requireNonNull(elsewhere.end());
        assertThat(error.getCode()).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(error.getLeader().getNodeId()).isEqualTo(coordinator);
        assertThat(error.getLeader().getPort()).isPositive();
      }
    }
  }

  @Test
  void aCoordinatorThatIsDeposedSendsItsMembersAway() throws InterruptedException {
    int coordinator = coordinator();
    RawMember member = join(channel(coordinator), subscribed());
    Assignment held = member.settle(6);
    RaftGroupId raftGroup = raftGroup();
    FunesNode leader = cluster.node(coordinator);
    var other =
        leader.config().placement().replicas(raftGroup).stream()
            .filter(node -> node.value() != coordinator)
            .findFirst()
            .orElseThrow();
    leader.replica().transferLeadership(raftGroup, other).join();
    Error end = Objects.requireNonNull(member.end());
    assertThat(end.getCode()).isIn(ErrorCode.NOT_LEADER, ErrorCode.UNAVAILABLE);
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> coordinator() == other.value());
    RawMember again = rejoin(subscribed().setMemberId(member.memberId()));
    assertThat(again.settle(6).getPartitionsList()).isEqualTo(held.getPartitionsList());
    again.heartbeat();
    assertThat(again.next(ResponseCase.HEARTBEAT).getHeartbeat().getGeneration())
        .isEqualTo(held.getGeneration());
  }

  /** As a client does: it asks whoever coordinates until it is taken. */
  private RawMember rejoin(JoinGroup.Builder join) {
    AtomicReference<@Nullable RawMember> joined = new AtomicReference<>();
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(
            () -> {
              int node = coordinator();
              RawMember member = node == 0 ? null : RawMember.tryJoin(channel(node), join);
              joined.set(member);
              return member != null;
            });
    return Objects.requireNonNull(joined.get());
  }

  private static JoinGroup.Builder subscribed() {
    return group(GROUP, TOPIC);
  }

  private ManagedChannel channel(int id) {
    ManagedChannel channel = channels.get(id);
    if (channel == null) {
      throw new IllegalStateException("expected node " + id);
    }
    return channel;
  }

  private boolean leadersAreWhereTheyShouldBe() {
    Placement placement = cluster.nodes().getFirst().config().placement();
    return placement.raftGroups().stream()
        .allMatch(
            each ->
                cluster
                    .node(placement.preferredLeader(each).value())
                    .replica()
                    .status(each)
                    .leaderReady());
  }

  private RaftGroupId raftGroup() {
    return cluster.nodes().getFirst().config().placement().raftGroupOfConsumerGroup(GROUP);
  }

  /** The node that leads the raft group of the consumer group; 0 when none does. */
  private int coordinator() {
    for (FunesNode node : cluster.nodes()) {
      if (node.replica().status(raftGroup()).leaderReady()) {
        return node.config().self().value();
      }
    }
    return 0;
  }

  private DescribeGroupResponse describe(int id) {
    return GroupServiceGrpc.newBlockingStub(channel(id))
        .describeGroup(DescribeGroupRequest.newBuilder().setGroup(GROUP).build());
  }
}
