package dev.funes.server.grpc;

import static dev.funes.server.grpc.RawMember.group;
import static dev.funes.server.grpc.RawMember.join;
import static dev.funes.server.grpc.RawMember.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.MemberResponse.ResponseCase;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Membership as a client sees it that speaks the bare API. */
class MemberStreamTest {
  @RegisterExtension static final FunesCluster NODE = FunesCluster.ofNodes(1);

  private ManagedChannel channel;
  private String topic;
  private String group;

  @BeforeEach
  void connect(TestInfo test) {
    channel = NettyChannelBuilder.forTarget(NODE.address(1)).usePlaintext().build();
    topic = test.getTestMethod().orElseThrow().getName();
    group = "g-" + topic;
    var _ = create(topic, 6);
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void oneMemberGetsEverythingAndTwoShareIt() throws InterruptedException {
    RawMember first = join(channel, group(group, topic));
    Assignment all = first.settle(6);
    assertThat(first.commit(topic, 3, 0, all.getGeneration()).hasError()).isFalse();

    RawMember second = join(channel, group(group, topic));
    Assignment told = first.assignment();
    assertThat(told.getPartitionsCount()).isEqualTo(3);
    assertThat(told.getRevokedCount()).isEqualTo(3);
    assertThat(told.getGeneration()).isGreaterThan(all.getGeneration());
    assertThat(second.assignment().getPartitionsCount()).isZero();
    first.release(told);
    Assignment kept = first.settle(3);
    Assignment given = second.settle(3);
    assertThat(names(kept)).doesNotContainAnyElementsOf(names(given));
    assertThat(kept.getPartitionsList())
        .allMatch(each -> each.getGrantedGeneration() == all.getGeneration());

    int lost = given.getPartitions(0).getPartition();
    assertThat(first.commit(topic, lost, 0, given.getGeneration()).getError().getCode())
        .isEqualTo(ErrorCode.NOT_OWNER);
    second.leave();
    assertThat(second.end()).isNull();
    assertThat(names(first.settle(6))).hasSize(6);
  }

  @Test
  void aBrokenStreamIsForgiven() throws InterruptedException {
    RawMember first = join(channel, group(group, topic));
    Assignment before = first.settle(6);
    first.close();
    RawMember again = join(channel, group(group, topic).setMemberId(first.memberId()));
    assertThat(again.memberId()).isEqualTo(first.memberId());
    assertThat(again.settle(6)).isEqualTo(before);
    again.heartbeat();
    assertThat(again.next(ResponseCase.HEARTBEAT).getHeartbeat().getGeneration())
        .isEqualTo(before.getGeneration());
  }

  private Set<String> create(String name, int partitions) {
    TestTopics.create(channel, name, partitions);
    return Set.of(name);
  }
}
