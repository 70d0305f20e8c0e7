package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaderBalancerTest {

  private static final NodeId SELF = new NodeId(2);
  private static final NodeId PREFERRED = new NodeId(1);
  private static final RaftGroupId GROUP = new RaftGroupId(1);

  private static final Placement PLACEMENT =
      new Placement(
          "c",
          List.of(
              new NodeEndpoint(new NodeId(1), "a", 1, 2),
              new NodeEndpoint(new NodeId(2), "b", 1, 2),
              new NodeEndpoint(new NodeId(3), "c", 1, 2)),
          3,
          6);

  private final AtomicLong nanos = new AtomicLong();
  private final LeaderBalancer balancer =
      new LeaderBalancer(SELF, () -> PLACEMENT, 1_000, nanos::get);

  @Test
  void waitsUntilThePreferredLeaderHasKeptUpForAWhile() {
    assertThat(lookAt(0, leading(1_000, 1_000, 0))).isFalse();
    assertThat(lookAt(999, leading(2_000, 1_990, 0))).isFalse();
    assertThat(lookAt(1_000, leading(2_000, 1_990, 0))).isTrue();
  }

  @Test
  void beginsAnewWhenItFellBehindOrFellSilent() {
    assertThat(lookAt(0, leading(1_000, 1_000, 0))).isFalse();
    assertThat(lookAt(900, leading(5_000, 1_000, 0))).as("behind").isFalse();
    assertThat(lookAt(1_000, leading(5_000, 5_000, 0))).isFalse();
    assertThat(lookAt(1_900, leading(5_000, 5_000, 1_500))).as("silent").isFalse();
    assertThat(lookAt(2_000, leading(5_000, 5_000, 0))).isFalse();
    assertThat(lookAt(3_000, leading(5_000, 5_000, 0))).isTrue();
  }

  @Test
  void waitsTwiceAsLongAfterEachAttempt() {
    lookAt(0, leading(1, 1, 0));
    assertThat(lookAt(1_000, leading(1, 1, 0))).isTrue();
    assertThat(lookAt(2_999, leading(1, 1, 0))).isFalse();
    assertThat(lookAt(3_000, leading(1, 1, 0))).isTrue();
    assertThat(lookAt(6_999, leading(1, 1, 0))).isFalse();
    assertThat(lookAt(7_000, leading(1, 1, 0))).isTrue();
  }

  @Test
  void waitsNoLongerThanAtFirstOnceAnAttemptHasLasted() {
    lookAt(0, leading(1, 1, 0));
    assertThat(lookAt(1_000, leading(1, 1, 0))).isTrue();
    assertThat(lookAt(3_000, leading(1, 1, 0))).isTrue();
    assertThat(lookAt(10_999, following())).isFalse();
    assertThat(lookAt(11_000, following())).isFalse();

    assertThat(lookAt(12_000, leading(1, 1, 0))).isFalse();
    assertThat(lookAt(13_000, leading(1, 1, 0))).isTrue();
  }

  @Test
  void staysPatientWhenTheAttemptsDoNotLast() {
    lookAt(0, leading(1, 1, 0));
    assertThat(lookAt(1_000, leading(1, 1, 0))).isTrue();
    assertThat(lookAt(4_999, following())).isFalse();

    assertThat(lookAt(5_000, leading(1, 1, 0))).isFalse();
    assertThat(lookAt(6_000, leading(1, 1, 0))).isFalse();
    assertThat(lookAt(7_000, leading(1, 1, 0))).isTrue();
  }

  @Test
  void leavesAloneWhatItDoesNotLead() {
    assertThat(lookAt(0, following())).isFalse();
    assertThat(lookAt(100_000, following())).isFalse();
  }

  @Test
  void keepsWhatBelongsHere() {
    RaftGroupStatus own =
        new RaftGroupStatus(
            new RaftGroupId(2),
            1,
            1,
            1,
            1,
            SELF,
            true,
            List.of(new RaftGroupStatus.Follower(PREFERRED, 1, 0)));

    assertThat(lookAt(0, own)).isFalse();
    assertThat(lookAt(100_000, own)).isFalse();
  }

  @Test
  void movesOneLeadAtATime() {
    Asked first = new Asked(leading(GROUP, 1, 1, 0), new CompletableFuture<>());
    Asked second = new Asked(leading(new RaftGroupId(4), 1, 1, 0), new CompletableFuture<>());
    List<Asked> groups = List.of(first, second);
    balancer.look(groups);
    nanos.set(1_000_000_000L);

    balancer.look(groups);
    balancer.look(groups);
    assertThat(first.leads).containsExactly(PREFERRED);
    assertThat(second.leads).isEmpty();

    first.transfer.completeExceptionally(new RaftUnavailableException("no"));
    balancer.look(groups);
    assertThat(first.leads).hasSize(1);
    assertThat(second.leads).containsExactly(PREFERRED);
  }

  private record Asked(RaftGroupStatus status, CompletableFuture<Void> transfer, List<NodeId> leads)
      implements LeaderBalancer.Movable {

    Asked(RaftGroupStatus status, CompletableFuture<Void> transfer) {
      this(status, transfer, new ArrayList<>());
    }

    @Override
    public CompletableFuture<Void> transferLeadership(NodeId to, int millisMax) {
      leads.add(to);
      return transfer;
    }
  }

  private boolean lookAt(long millis, RaftGroupStatus status) {
    nanos.set(millis * 1_000_000L);
    return balancer.shouldTransfer(status);
  }

  private static RaftGroupStatus following() {
    return new RaftGroupStatus(GROUP, 1, 1, 1, 1, PREFERRED, false, List.of());
  }

  private static RaftGroupStatus leading(long lastIndex, long matchIndex, long silentMillis) {
    return leading(GROUP, lastIndex, matchIndex, silentMillis);
  }

  private static RaftGroupStatus leading(
      RaftGroupId group, long lastIndex, long matchIndex, long silentMillis) {
    return new RaftGroupStatus(
        group,
        1,
        lastIndex,
        lastIndex,
        lastIndex,
        SELF,
        true,
        List.of(
            new RaftGroupStatus.Follower(PREFERRED, matchIndex, silentMillis),
            new RaftGroupStatus.Follower(new NodeId(3), 0, 0)));
  }
}
