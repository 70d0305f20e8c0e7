package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.KickMemberRequest;
import dev.funes.proto.v1.KickMemberResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.proto.v1.ResetTopic;
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
  private static final int ROUNDS = 2;
  private static final int CHANGES = 8;
  private static final int PARTITIONS = 12;
  private static final int MEMBERS_MIN = 3;
  private static final int SESSION_MILLIS = 3_000;
  private static final int UNHEARD_MILLIS_MAX = 2_000;
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
    TestTopics.create(channel(1), TOPIC, PARTITIONS);
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
    int kind = members.size() < MEMBERS_MIN ? 0 : random.nextInt(8);
    switch (kind) {
      case 0, 1 -> join();
      case 2 -> some().leave();
      case 3 -> some().die();
      case 4 -> some().breakStream();
      case 5 -> kick(some());
      case 6 -> reset();
      default -> moveCoordinator();
    }
  }

  private WatchedMember some() {
    return members.get(random.nextInt(members.size()));
  }

  private void join() {
    members.add(
        new WatchedMember(
            ledger,
            JoinGroup.newBuilder()
                .setGroup(GROUP)
                .addTopics(TOPIC)
                .setSessionTimeoutMillis(SESSION_MILLIS)));
  }

  /** What it holds goes to others before it can know; so it stops first. */
  private void kick(WatchedMember member) {
    member.die();
    var _ =
        FutureObserver.<KickMemberResponse>call(
            answer ->
                GroupServiceGrpc.newStub(channel(1 + random.nextInt(3)))
                    .kickMember(
                        KickMemberRequest.newBuilder()
                            .setGroup(GROUP)
                            .setMemberId(member.id())
                            .build(),
                        answer));
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

  /** Is not waited for either: members must show that they live. */
  private void moveCoordinator() {
    int coordinator = coordinator();
    if (coordinator != 0) {
      FunesNode leader = cluster.node(coordinator);
      List<NodeId> replicas = leader.config().placement().replicas(raftGroup());
      var _ =
          leader
              .replica()
              .transferLeadership(raftGroup(), replicas.get(random.nextInt(replicas.size())));
    }
  }

  /** Whose stream has ended opens another one, and everyone shows that he lives. */
  private void tend() {
    members.removeIf(WatchedMember::isGone);
    int coordinator = coordinator();
    for (WatchedMember member : members) {
      member.stopWhenUnheard(UNHEARD_MILLIS_MAX);
      if (!member.isOpen() && coordinator != 0) {
        member.connect(channel(coordinator));
      }
      member.release();
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

  /** The node that leads the raft group of the consumer group; 0 when none does. */
  private int coordinator() {
    for (FunesNode node : cluster.nodes()) {
      if (node.replica().status(raftGroup()).leaderReady()) {
        return node.config().self().value();
      }
    }
    return 0;
  }
}
