package dev.funes.raft;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has raft groups elect at once when the process of their leader is gone, in place of waiting until
 * it has been silent for long enough.
 *
 * <p>A broken connection alone does not say so: the leader may have closed it, or the network may
 * have. But when nothing listens on the leader's port any more, there is no leader. Where that
 * cannot be told, because the whole machine is gone say, the election timeout decides as ever.
 *
 * <p>Each loss is looked into on a thread of its own.
 */
final class LeaderLoss implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeaderLoss.class);

  private static final int CONNECT_MILLIS_MAX = 500;

  // A process that is killed loses its connections and its port within some milliseconds.
  private static final int[] LOOK_AFTER_MILLIS = {0, 20, 100, 300};

  // Two candidates at a time would take each other's votes; the second one waits for the first.
  private static final int TURN_MILLIS = 250;

  private final NodeId self;
  private final Supplier<Placement> placements;
  private final Set<NodeId> underWay = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Iterable<LocalRaftGroup> groups;
  private volatile boolean closed;

  LeaderLoss(NodeId self, Supplier<Placement> placements) {
    this.self = self;
    this.placements = placements;
  }

  /** Until this is called nothing is done; the raft groups come up after their connections. */
  void watch(Iterable<LocalRaftGroup> localGroups) {
    groups = localGroups;
  }

  /** A connection from this node has ended. Any thread; returns at once. */
  void connectionEnded(NodeId node) {
    if (!closed && !node.equals(self) && underWay.add(node)) {
      var _ =
          Thread.ofVirtual()
              .name("leader-loss-" + node)
              .start(
                  () -> {
                    try {
                      look(node);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    } finally {
                      underWay.remove(node);
                    }
                  });
    }
  }

  private void look(NodeId node) throws InterruptedException {
    NodeEndpoint endpoint = placements.get().node(node);
    if (endpoint == null) {
      return;
    }
    for (int millis : LOOK_AFTER_MILLIS) {
      Thread.sleep(millis);
      if (ledBy(node).isEmpty()) {
        return;
      }
      if (isGone(endpoint)) {
        elect(node);
        return;
      }
    }
  }

  private static boolean isGone(NodeEndpoint endpoint) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(endpoint.host(), endpoint.raftPort()), CONNECT_MILLIS_MAX);
      return false;
    } catch (ConnectException e) {
      return true; // Refused: the machine answers, and nobody listens.
    } catch (IOException e) {
      return false;
    }
  }

  private void elect(NodeId gone) throws InterruptedException {
    List<LocalRaftGroup> orphans = ledBy(gone);
    int turns = placements.get().nodes().size() - 1;
    for (int turn = 0; turn < turns && !closed; turn++) {
      if (turn > 0) {
        Thread.sleep(TURN_MILLIS);
      }
      for (LocalRaftGroup group : orphans) {
        NodeId leader = group.leader();
        boolean leaderless = leader == null || leader.equals(gone);
        if (leaderless && turnOf(group, gone) == turn && group.startElection(gone)) {
          LOG.info("raft group {}: node {} is gone, asking for its lead", group.id(), gone);
        }
      }
    }
  }

  /** The replica after the lost one is the first; so the raft groups of one node are spread. */
  private int turnOf(LocalRaftGroup group, NodeId gone) {
    List<NodeId> replicas = placements.get().replicas(group.id());
    int size = replicas.size();
    return Math.floorMod(replicas.indexOf(self) - replicas.indexOf(gone) - 1, size);
  }

  private List<LocalRaftGroup> ledBy(NodeId node) {
    List<LocalRaftGroup> led = new ArrayList<>();
    Iterable<LocalRaftGroup> all = groups;
    if (all != null) {
      for (LocalRaftGroup group : all) {
        if (node.equals(group.leader())) {
          led.add(group);
        }
      }
    }
    return led;
  }

  @Override
  public void close() {
    closed = true;
  }
}
