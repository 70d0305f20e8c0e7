package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.proto.v1.ResetTopic;
import dev.funes.proto.v1.TopicServiceGrpc;
import dev.funes.server.FunesNode;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members come, go, die, come back and are kicked, offsets are reset and the coordinator moves, all
 * at random: no partition is ever read by two, and in the end all are read, evenly.
 */
class RandomRebalancesTest {
  private static final int ROUNDS = 3;
  private static final int CHANGES = 8;
  private static final int PARTITIONS = 12;
  private static final int SESSION_MILLIS = 3_000;
  private static final String TOPIC = "t";
  private static final String GROUP = "g";

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  private final Map<Integer, ManagedChannel> channels = new HashMap<>();
  private final WatchedMember.Ledger ledger = new WatchedMember.Ledger();
  private final List<WatchedMember> members = new ArrayList<>();
  private Random random = new Random(0);

  @AfterEach
  void disconnect() throws InterruptedException {
    members.forEach(WatchedMember::die);
    for (ManagedChannel each : channels.values()) {
      each.shutdownNow();
      each.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void noPartitionHasTwoReaders() {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("RandomRebalancesTest: -Dfunes.seed=" + seed);
    random = new Random(seed);
    var _ =
        TopicServiceGrpc.newBlockingStub(channel(1))
            .createTopic(
                CreateTopicRequest.newBuilder()
                    .setName(TOPIC)
                    .setPartitionCount(PARTITIONS)
                    .build());
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < CHANGES; i++) {
        change();
        tend();
      }
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .pollInterval(Duration.ofMillis(50))
          .until(this::isSettled);
      assertThat(ledger.violations()).isEmpty();
    }
  }

  private void change() {
    int kind = members.isEmpty() ? 0 : random.nextInt(9);
    switch (kind) {
      case 0, 1, 2 -> join();
      case 3 -> some().leave();
      case 4 -> some().die();
      case 5 -> some().breakStream();
      case 6 -> kick(some());
      case 7 -> reset();
      default -> moveCoordinator();
    }
  }

  private WatchedMember some() {
    return members.get(random.nextInt(members.size()));
  }

  private void join() {
    WatchedMember member =
        new WatchedMember(
            ledger,
            JoinGroup.newBuilder()
                .setGroup(GROUP)
                .addTopics(TOPIC)
                .setSessionTimeoutMillis(SESSION_MILLIS));
    members.add(member);
    member.connect(channel(coordinator()));
  }

  private void kick(WatchedMember member) {
    try {
      var _ =
          GroupServiceGrpc.newBlockingStub(channel(1 + random.nextInt(3)))
              .kickMember(
                  KickMemberRequest.newBuilder().setGroup(GROUP).setMemberId(member.id()).build());
    } catch (RuntimeException e) {
      assertThat(ErrorMapping.error(e).getMessage()).as("while things move").isNotEmpty();
    }
  }

  /** Is not waited for: it is done when everyone has let go. */
  private void reset() {
    var _ =
        FutureObserver.<ResetOffsetsResponse>call(
            answer ->
                OffsetServiceGrpc.newStub(channel(1 + random.nextInt(3)))
                    .resetOffsets(
                        ResetOffsetsRequest.newBuilder()
                            .setGroup(GROUP)
                            .addTopics(ResetTopic.newBuilder().setTopic(TOPIC))
                            .setStart(true)
                            .build(),
                        answer));
  }

  private void moveCoordinator() {
    FunesNode leader = cluster.node(coordinator());
    List<NodeId> replicas = leader.config().placement().replicas(raftGroup());
    leader
        .replica()
        .transferLeadership(raftGroup(), replicas.get(random.nextInt(replicas.size())))
        .exceptionally(_ -> null)
        .join();
  }

  /** Whose stream has ended opens another one, and everyone shows that he lives. */
  private void tend() {
    members.removeIf(WatchedMember::isGone);
    for (WatchedMember member : members) {
      if (!member.isOpen()) {
        member.connect(channel(coordinator()));
      }
      member.heartbeat();
    }
  }

  private boolean isSettled() {
    tend();
    int all = 0;
    for (WatchedMember member : members) {
      int count = member.readingCount();
      all += count;
      if (member.isReleasing()
          || count < PARTITIONS / members.size()
          || count > PARTITIONS / members.size() + 1) {
        return false;
      }
    }
    return members.isEmpty() || all == PARTITIONS;
  }

  private ManagedChannel channel(int id) {
    return channels.computeIfAbsent(
        id, _ -> NettyChannelBuilder.forTarget(cluster.address(id)).usePlaintext().build());
  }

  private RaftGroupId raftGroup() {
    return cluster.nodes().getFirst().config().placement().raftGroupOfConsumerGroup(GROUP);
  }

  private int coordinator() {
    int[] found = {0};
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              for (FunesNode node : cluster.nodes()) {
                if (node.replica().status(raftGroup()).leaderReady()) {
                  found[0] = node.config().self().value();
                }
              }
              return found[0] != 0;
            });
    return found[0];
  }
}
