package dev.funes.server.grpc;

import static dev.funes.server.grpc.RawMember.group;
import static dev.funes.server.grpc.RawMember.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.DeleteGroupRequest;
import dev.funes.proto.v1.DescribeGroupRequest;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.Heartbeat;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse.ResponseCase;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.ReleasePartitions;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.proto.v1.TopicPartition;
import dev.funes.replication.GroupLimits;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each mistake gets one clear error, stores nothing, and leaves the others alone. */
class BadMembersTest {
  private static final GroupLimits ABSENT = GroupLimits.DEFAULTS;

  @RegisterExtension
  static final FunesCluster NODE =
      FunesCluster.ofNodes(1)
          .with(
              ReplicaLimits.DEFAULTS.withGroups(
                  new GroupLimits(
                      2,
                      ABSENT.bookmarksMax(),
                      ABSENT.historyMax(),
                      ABSENT.historyMillis(),
                      ABSENT.offsetsMillis())));

  private static final String TOPIC = "t";

  private ManagedChannel channel;

  @BeforeEach
  void connect() {
    channel = NettyChannelBuilder.forTarget(NODE.address(1)).usePlaintext().build();
    TestTopics.create(channel, TOPIC, 2);
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void joining() throws InterruptedException {
    for (String name : List.of("", "a/b", "..", "x".repeat(250), "é")) {
      assertRefused(group(name, TOPIC), "group");
    }
    assertRefused(group("bad"), "topics");
    assertRefused(group("bad", TOPIC, "a/b"), "topics[1]");
    assertRefused(group("bad").addAllTopics(Collections.nCopies(1_001, TOPIC)), "topics");
    assertRefused(group("bad").setTopicPattern("("), "topic_pattern");
    assertRefused(group("bad").setTopicPattern("x".repeat(1_001)), "topic_pattern");
    assertRefused(group("bad").setTopicPattern("((a{1000}){1000}){1000}"), "topic_pattern");
    assertRefused(group("bad", TOPIC).setInstanceId("x".repeat(250)), "instance_id");
    assertRefused(group("bad", TOPIC).setInstanceId("a\u001b[2J"), "instance_id");
    assertRefused(group("bad", TOPIC).setClientId("x".repeat(250)), "client_id");
    assertRefused(group("bad", TOPIC).setZone("a\nb"), "zone");
    assertRefused(group("bad", TOPIC).setMemberId("x".repeat(101)), "member_id");
    assertRefused(group("bad", TOPIC).setAssignorValue(9), "assignor");
    assertRefused(group("bad", TOPIC).setSessionTimeoutMillis(999), "session_timeout_millis");
    assertRefused(group("bad", TOPIC).setSessionTimeoutMillis(-1), "session_timeout_millis");
    assertRefused(
        group("bad", TOPIC).setRebalanceTimeoutMillis(3_600_001), "rebalance_timeout_millis");
    assertThatThrownBy(() -> describe("bad"))
        .satisfies(
            failure ->
                assertThat(ErrorMapping.error(failure).getCode())
                    .isEqualTo(ErrorCode.UNKNOWN_GROUP));

    RawMember member = RawMember.open(channel);
    member.send(group("bad", TOPIC).setMemberId("never-seen"));
    assertThat(member.next(ResponseCase.REMOVED).getRemoved().getError().getCode())
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER);
  }

  @Test
  void whatDoesNotBeginWithJoin() throws InterruptedException {
    RawMember early = RawMember.open(channel);
    early.send(MemberRequest.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
    assertInvalid(early.end(), "request");
    RawMember nothing = RawMember.open(channel);
    nothing.send(MemberRequest.newBuilder());
    assertInvalid(nothing.end(), "request");
    RawMember moved = join(channel, group("one", TOPIC));
    moved.send(group("two", TOPIC));
    assertInvalid(moved.end(), "group");
  }

  @Test
  void committing() throws InterruptedException {
    RawMember member = join(channel, group("commits", TOPIC));
    Assignment held = member.settle(2);
    long generation = held.getGeneration();
    assertCode(member.commit("nowhere", 0, 0, generation), ErrorCode.UNKNOWN_TOPIC);
    assertCode(member.commit(TOPIC, 7, 0, generation), ErrorCode.UNKNOWN_PARTITION);
    assertCode(member.commit(TOPIC, 0, -1, generation), ErrorCode.INVALID_ARGUMENT);
    assertCode(member.commit(TOPIC, 0, 1, generation), ErrorCode.INVALID_ARGUMENT);
    assertCode(
        member.commit(
            generation, StoredOffset.newBuilder().setTopic(TOPIC).setMetadata("x".repeat(4_097))),
        ErrorCode.INVALID_ARGUMENT);
    assertCode(member.commit(TOPIC, 0, 0, generation - 1), ErrorCode.NOT_OWNER);
    assertThatThrownBy(this::commitFromOutside)
        .satisfies(
            failure ->
                assertThat(ErrorMapping.error(failure).getCode()).isEqualTo(ErrorCode.NOT_OWNER));
    assertThat(
            OffsetServiceGrpc.newBlockingStub(channel)
                .fetchOffsets(FetchOffsetsRequest.newBuilder().setGroup("commits").build())
                .getOffsetsList())
        .isEmpty();
    assertThat(member.commit(TOPIC, 0, 0, generation).hasError()).isFalse();
  }

  @Test
  void releasingWhatIsNotHeld() throws InterruptedException {
    RawMember member = join(channel, group("releases", TOPIC));
    Assignment held = member.settle(2);
    member.send(
        MemberRequest.newBuilder()
            .setRelease(
                ReleasePartitions.newBuilder()
                    .addPartitions(TopicPartition.newBuilder().setTopic("nowhere"))
                    .addPartitions(TopicPartition.newBuilder().setTopic(TOPIC).setPartition(9))));
    member.heartbeat();
    assertThat(member.next(ResponseCase.HEARTBEAT).getHeartbeat().getGeneration())
        .isEqualTo(held.getGeneration());
  }

  @Test
  void oneMemberTooMany() throws InterruptedException {
    RawMember first = join(channel, group("full", TOPIC));
    RawMember second = join(channel, group("full", TOPIC));
    RawMember third = RawMember.open(channel);
    third.send(group("full", TOPIC));
    Error error = Objects.requireNonNull(third.end());
    assertThat(error.getCode()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    assertThat(error.getField()).isEqualTo("group-members-max");
    assertThat(error.getLimit()).isEqualTo(2);
    first.settle(1);
    second.settle(1);
  }

  @Test
  void operators() {
    var groups = GroupServiceGrpc.newBlockingStub(channel);
    assertFails(() -> describe("a/b"), "group");
    assertFails(
        () -> groups.deleteGroup(DeleteGroupRequest.newBuilder().setGroup("").build()), "group");
    assertFails(
        () -> groups.kickMember(KickMemberRequest.newBuilder().setGroup("g").build()), "member_id");
  }

  private void commitFromOutside() {
    var _ =
        OffsetServiceGrpc.newBlockingStub(channel)
            .commitOffsets(
                CommitOffsetsRequest.newBuilder()
                    .setGroup("commits")
                    .addOffsets(StoredOffset.newBuilder().setTopic(TOPIC))
                    .build());
  }

  private void describe(String group) {
    var _ =
        GroupServiceGrpc.newBlockingStub(channel)
            .describeGroup(DescribeGroupRequest.newBuilder().setGroup(group).build());
  }

  private void assertRefused(JoinGroup.Builder join, String field) throws InterruptedException {
    RawMember member = RawMember.open(channel);
    member.send(join);
    assertInvalid(member.end(), field);
  }

  private static void assertInvalid(@Nullable Error error, String field) {
    if (error == null) {
      throw new AssertionError("expected an error in " + field);
    }
    assertThat(error.getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(error.getField()).isEqualTo(field);
    assertThat(error.getMessage()).doesNotContain("\n");
  }

  private static void assertCode(dev.funes.proto.v1.MemberCommitted committed, ErrorCode code) {
    assertThat(committed.getError().getCode()).isEqualTo(code);
  }

  private static void assertFails(ThrowingCallable call, String field) {
    assertThatThrownBy(call)
        .satisfies(failure -> assertInvalid(ErrorMapping.error(failure), field));
  }
}
