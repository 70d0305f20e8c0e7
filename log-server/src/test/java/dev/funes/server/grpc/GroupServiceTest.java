package dev.funes.server.grpc;

import static dev.funes.server.grpc.ProduceCalls.plain;
import static dev.funes.server.grpc.RawMember.group;
import static dev.funes.server.grpc.RawMember.join;
import static dev.funes.server.grpc.RawMember.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.DeleteGroupRequest;
import dev.funes.proto.v1.DeleteTopicRequest;
import dev.funes.proto.v1.DescribeGroupRequest;
import dev.funes.proto.v1.DescribeGroupResponse;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.GroupPartition;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.GroupServiceGrpc.GroupServiceBlockingStub;
import dev.funes.proto.v1.GroupState;
import dev.funes.proto.v1.GroupSummary;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.ListGroupsRequest;
import dev.funes.proto.v1.MemberResponse.ResponseCase;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.PauseGroupRequest;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.proto.v1.TopicServiceGrpc;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators and members do to a consumer group, each as the other sees it. */
class GroupServiceTest {
  @RegisterExtension static final FunesCluster NODE = FunesCluster.ofNodes(1);

  private ManagedChannel channel;
  private GroupServiceBlockingStub groups;
  private String topic;
  private String group;

  @BeforeEach
  void connect(TestInfo test) {
    channel = NettyChannelBuilder.forTarget(NODE.address(1)).usePlaintext().build();
    groups = GroupServiceGrpc.newBlockingStub(channel);
    topic = test.getTestMethod().orElseThrow().getName();
    group = "g-" + topic;
    create(topic, 4);
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void aGroupIsDescribed() throws InterruptedException {
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      for (int i = 0; i < 5; i++) {
        assertThat(calls.ask(plain(topic, 1, "x")).hasAppended()).isTrue();
      }
    }
    RawMember member = join(channel, group(group, topic).setClientId("here").setZone("z"));
    Assignment held = member.settle(4);
    assertThat(member.commit(topic, 1, 1, held.getGeneration()).hasError()).isFalse();
    assertThat(member.commit(topic, 1, 3, held.getGeneration()).hasError()).isFalse();

    DescribeGroupResponse found = describe();
    assertThat(found.getState()).isEqualTo(GroupState.GROUP_STATE_STABLE);
    assertThat(found.getGeneration()).isEqualTo(held.getGeneration());
    assertThat(found.getCoordinator().getNodeId()).isEqualTo(1);
    assertThat(found.getMembersList())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.getMemberId()).isEqualTo(member.memberId()).startsWith("here-");
              assertThat(each.getConnected()).isTrue();
              assertThat(each.getHost()).isEqualTo("127.0.0.1");
              assertThat(each.getZone()).isEqualTo("z");
              assertThat(each.getTopicsList()).containsExactly(topic);
            });
    assertThat(found.getPartitionsList())
        .hasSize(4)
        .allMatch(each -> each.getMemberId().equals(member.memberId()));
    GroupPartition second = found.getPartitions(1);
    assertThat(second.getStoredOffset()).isEqualTo(3);
    assertThat(second.getEndOffset()).isEqualTo(5);
    assertThat(second.getLagRecords()).isEqualTo(2);
    assertThat(second.hasLagMillis()).isTrue();
    assertThat(second.getRecordsPerSecond()).isPositive();
    assertThat(found.getPartitions(0).hasLagRecords()).isFalse();

    assertThat(summary().getState()).isEqualTo(GroupState.GROUP_STATE_STABLE);
    assertThat(summary().getMemberCount()).isEqualTo(1);
    assertThat(summary().getOffsetCount()).isEqualTo(1);
    member.close();
    await(() -> !describe().getMembers(0).getConnected());
  }

  @Test
  void aGroupIsPaused() throws InterruptedException {
    RawMember member = join(channel, group(group, topic));
    assertThat(member.settle(4).getPaused()).isFalse();
    pause(true);
    Assignment paused = member.assignment();
    assertThat(paused.getPaused()).isTrue();
    assertThat(paused.getPartitionsCount()).isEqualTo(4);
    assertThat(describe().getState()).isEqualTo(GroupState.GROUP_STATE_PAUSED);
    assertThat(describe().getPaused()).isTrue();
    pause(false);
    assertThat(member.assignment().getPaused()).isFalse();
    assertThat(describe().getState()).isEqualTo(GroupState.GROUP_STATE_STABLE);
  }

  @Test
  void aMemberIsKicked() throws InterruptedException {
    RawMember first = join(channel, group(group, topic));
    Assignment held = first.settle(4);
    RawMember second = join(channel, group(group, topic).setInstanceId("named"));
    first.settle(2);
    second.settle(2);
    kick(first.memberId());
    assertThat(first.next(ResponseCase.REMOVED).getRemoved().getError().getCode())
        .isEqualTo(ErrorCode.MEMBER_KICKED);
    assertThat(first.end()).isNull();
    assertThat(second.settle(4).getGeneration()).isGreaterThan(held.getGeneration());
    RawMember back = RawMember.open(channel);
    back.send(group(group, topic).setMemberId(first.memberId()));
    assertThat(back.next(ResponseCase.REMOVED).getRemoved().getError().getCode())
        .isEqualTo(ErrorCode.MEMBER_KICKED);
    kick("named");
    assertThat(second.next(ResponseCase.REMOVED).getRemoved().getError().getCode())
        .isEqualTo(ErrorCode.MEMBER_KICKED);
    assertFails(() -> kick("named"), ErrorCode.UNKNOWN_MEMBER);
  }

  @Test
  void anInstanceIsReplacedAndMayLeaveForAWhile() throws InterruptedException {
    RawMember first = join(channel, group(group, topic).setInstanceId("one"));
    Assignment held = first.settle(4);
    RawMember other = join(channel, group(group, topic).setInstanceId("two"));
    Assignment before = first.settle(2);
    other.settle(2);

    RawMember again = join(channel, group(group, topic).setInstanceId("one"));
    assertThat(first.next(ResponseCase.REMOVED).getRemoved().getError().getCode())
        .isEqualTo(ErrorCode.MEMBER_REPLACED);
    assertThat(again.memberId()).isNotEqualTo(first.memberId());
    assertThat(names(again.settle(2))).isEqualTo(names(before));
    again.leave();
    assertThat(again.end()).isNull();
    await(() -> describe().getMembersList().stream().anyMatch(each -> !each.getConnected()));

    RawMember later = join(channel, group(group, topic).setInstanceId("one"));
    assertThat(names(later.settle(2))).isEqualTo(names(before));
    assertThat(later.settle(2).getPartitionsList())
        .extracting(AssignedPartition::getGrantedGeneration)
        .containsOnly(held.getGeneration());
    assertThat(describe().getPartitionsList())
        .extracting(GroupPartition::getMemberId)
        .containsOnly(other.memberId(), later.memberId());
  }

  @Test
  void whoIsSilentOrDoesNotReleaseIsSentAway() throws InterruptedException {
    RawMember broken = join(channel, group(group, topic).setSessionTimeoutMillis(1_000));
    broken.settle(4);
    RawMember stubborn =
        join(
            channel,
            group(group, topic).setSessionTimeoutMillis(60_000).setRebalanceTimeoutMillis(1_000));
    broken.close();
    stubborn.settle(4);

    RawMember next = join(channel, group(group, topic).setSessionTimeoutMillis(4_000));
    assertThat(stubborn.assignment().getRevokedCount()).isEqualTo(2);
    assertThat(stubborn.next(ResponseCase.REMOVED).getRemoved().getError().getCode())
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER);
    next.settle(4);
    assertThat(next.next(ResponseCase.REMOVED).getRemoved().getError().getMessage())
        .contains("4000 ms");
    await(() -> describe().getState() == GroupState.GROUP_STATE_EMPTY);
  }

  @Test
  void offsetsAreResetUnderRunningMembers() throws InterruptedException {
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      for (int i = 0; i < 3; i++) {
        assertThat(calls.ask(plain(topic, 0, "x")).hasAppended()).isTrue();
        assertThat(calls.ask(plain(topic, 2, "x")).hasAppended()).isTrue();
      }
    }
    RawMember first = join(channel, group(group, topic));
    first.settle(4);
    RawMember second = join(channel, group(group, topic));
    Assignment before = first.settle(2);
    second.settle(2);
    for (AssignedPartition each : before.getPartitionsList()) {
      long end = each.getPartition() % 2 == 0 ? 3 : 0;
      assertThat(first.commit(topic, each.getPartition(), end, before.getGeneration()).hasError())
          .isFalse();
    }

    CompletableFuture<ResetOffsetsResponse> reset = CompletableFuture.supplyAsync(this::reset);
    Assignment told = first.assignment();
    assertThat(told.getPartitionsCount()).isZero();
    assertThat(told.getRevokedCount()).isEqualTo(2);
    assertThat(describe().getState()).isEqualTo(GroupState.GROUP_STATE_RESETTING);
    assertFails(this::reset, ErrorCode.GROUP_RESETTING);
    int mine = before.getPartitions(0).getPartition();
    first.release(told);
    second.release(second.assignment());
    Assignment after = first.settle(2);
    second.settle(2);
    assertThat(names(after)).isEqualTo(names(before));
    for (AssignedPartition each : after.getPartitionsList()) {
      assertThat(each.getGrantedGeneration()).isGreaterThan(before.getGeneration());
      assertThat(each.getStoredOffset()).isZero();
    }
    assertThat(reset.join().getHistoryId()).isPositive();
    assertThat(first.commit(topic, mine, 0, before.getGeneration()).getError().getCode())
        .as("from before the reset")
        .isEqualTo(ErrorCode.NOT_OWNER);
    assertThat(
            OffsetServiceGrpc.newBlockingStub(channel)
                .fetchOffsets(FetchOffsetsRequest.newBuilder().setGroup(group).build())
                .getOffsetsList())
        .allMatch(each -> each.getOffset() == 0);
  }

  @Test
  void topicsComeAndGoByPattern() throws InterruptedException {
    RawMember member = join(channel, group(group).setTopicPattern("(" + topic + "|new-[0-9]+)"));
    member.settle(4);
    create("new-12", 3);
    create("new-x", 3);
    assertThat(names(member.settle(7))).contains("new-12-0", "new-12-2");
    var _ =
        TopicServiceGrpc.newBlockingStub(channel)
            .deleteTopic(DeleteTopicRequest.newBuilder().setName("new-12").build());
    member.settle(4);
    member.send(group(group, topic, "new-x"));
    member.settle(7);
  }

  @Test
  void onlyAnEmptyGroupIsDeleted() throws InterruptedException {
    RawMember member = join(channel, group(group, topic));
    Assignment held = member.settle(4);
    assertThat(member.commit(topic, 0, 0, held.getGeneration()).hasError()).isFalse();
    assertFails(this::delete, ErrorCode.GROUP_NOT_EMPTY);
    member.leave();
    assertThat(member.end()).isNull();
    assertThat(summary().getState()).isEqualTo(GroupState.GROUP_STATE_EMPTY);
    assertThat(describe().getPartitionsList()).hasSize(1);
    delete();
    assertThat(groups.listGroups(ListGroupsRequest.getDefaultInstance()).getGroupsList())
        .noneMatch(each -> each.getGroup().equals(group));
    assertFails(this::delete, ErrorCode.UNKNOWN_GROUP);
    assertFails(this::describe, ErrorCode.UNKNOWN_GROUP);
    assertFails(() -> pause(true), ErrorCode.UNKNOWN_GROUP);
    assertFails(() -> kick("x"), ErrorCode.UNKNOWN_GROUP);
    assertThat(join(channel, group(group, topic)).settle(4).getGeneration()).isEqualTo(1);
  }

  private DescribeGroupResponse describe() {
    return groups.describeGroup(DescribeGroupRequest.newBuilder().setGroup(group).build());
  }

  private GroupSummary summary() {
    List<GroupSummary> found =
        groups.listGroups(ListGroupsRequest.getDefaultInstance()).getGroupsList().stream()
            .filter(each -> each.getGroup().equals(group))
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private void pause(boolean paused) {
    var _ =
        groups.pauseGroup(PauseGroupRequest.newBuilder().setGroup(group).setPaused(paused).build());
  }

  private void kick(String id) {
    var _ =
        groups.kickMember(KickMemberRequest.newBuilder().setGroup(group).setMemberId(id).build());
  }

  private void delete() {
    var _ = groups.deleteGroup(DeleteGroupRequest.newBuilder().setGroup(group).build());
  }

  private ResetOffsetsResponse reset() {
    return OffsetServiceGrpc.newBlockingStub(channel)
        .resetOffsets(
            ResetOffsetsRequest.newBuilder()
                .setGroup(group)
                .addTopics(dev.funes.proto.v1.ResetTopic.newBuilder().setTopic(topic))
                .setStart(true)
                .build());
  }

  private void create(String name, int partitions) {
    TestTopics.create(channel, name, partitions);
  }

  private static void await(Supplier<Boolean> condition) {
    org.awaitility.Awaitility.await().atMost(20, TimeUnit.SECONDS).until(condition::get);
  }

  private static void assertFails(ThrowingCallable call, ErrorCode code) {
    assertThatThrownBy(call)
        .satisfies(failure -> assertThat(ErrorMapping.error(failure).getCode()).isEqualTo(code));
  }
}
