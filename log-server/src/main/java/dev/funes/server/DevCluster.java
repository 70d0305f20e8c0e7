package dev.funes.server;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.grpc.ApiLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster in this process, on loopback: to try things out, and to test against. Its nodes
 * are real ones, each with its data directory and its ports. One thread at a time uses it.
 */
public final class DevCluster implements AutoCloseable {
  private static final String CLUSTER_ID = "dev";
  private static final String HOST = "127.0.0.1";
  private static final int RAFT_PORT_DISTANCE = 10;

  private final Placement placement;
  private final Path data;
  private final ApiLimits limits;
  private final ReplicaLimits replicaLimits;
  private final FatalHandler fatal;
  private final TreeMap<NodeId, FunesNode> running = new TreeMap<>();
  private final TreeMap<NodeId, NodeEndpoint> joined = new TreeMap<>();

  private DevCluster(
      Placement placement,
      Path data,
      ApiLimits limits,
      ReplicaLimits replicaLimits,
      FatalHandler fatal) {
    this.placement = placement;
    this.data = data;
    this.limits = limits;
    this.replicaLimits = replicaLimits;
    this.fatal = fatal;
  }

  /**
   * Starts that many nodes. Clients reach them on the ports from {@code firstPort} on; the nodes
   * reach each other on the ports ten further.
   *
   * @param data holds a directory for each node; what is in it is taken up again
   * @throws StartException in one line, when something stands in the way
   */
  public static DevCluster start(int nodes, Path data, int firstPort) {
    int raftDistance = Math.max(RAFT_PORT_DISTANCE, nodes);
    List<NodeEndpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      endpoints.add(
          new NodeEndpoint(new NodeId(i + 1), HOST, firstPort + i, firstPort + raftDistance + i));
    }
    return start(
        Placement.of(CLUSTER_ID, endpoints),
        data,
        ApiLimits.DEFAULTS,
        ReplicaLimits.DEFAULTS,
        FatalHandler.halt());
  }

  /** As above, with everything to choose. */
  public static DevCluster start(
      Placement placement,
      Path data,
      ApiLimits limits,
      ReplicaLimits replicaLimits,
      FatalHandler fatal) {
    DevCluster cluster = new DevCluster(placement, data, limits, replicaLimits, fatal);
    try {
      cluster.startAll();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  public Placement placement() {
    return placement;
  }

  /** {@code host:port} of every node, running or not. */
  public List<String> addresses() {
    return placement.nodes().stream().map(NodeEndpoint::clientAddress).toList();
  }

  /** A running node; null when it does not run. */
  public @Nullable FunesNode node(int id) {
    return running.get(new NodeId(id));
  }

  public List<FunesNode> nodes() {
    return List.copyOf(running.values());
  }

  /** Starts a node that does not run. */
  public FunesNode start(int id) {
    NodeId node = new NodeId(id);
    if (running.containsKey(node)) {
      throw new IllegalStateException("node " + id + " runs");
    }
    FunesNode started = FunesNode.start(config(node), fatal);
    running.put(node, started);
    return started;
  }

  /** Starts a node that is to be added; it waits for that. */
  public FunesNode join(NodeEndpoint endpoint) {
    joined.put(endpoint.id(), endpoint);
    return start(endpoint.id().value());
  }

  /** Closes a node in good order: others lead first what it leads. Its data stays. */
  public void stop(int id) {
    take(id, FunesNode::close);
  }

  /** Closes a node at once, and the others find out; its data stays. */
  public void kill(int id) {
    take(id, FunesNode::closeAtOnce);
  }

  private void take(int id, Consumer<FunesNode> closer) {
    FunesNode node = running.remove(new NodeId(id));
    if (node != null) {
      closer.accept(node);
    }
  }

  /**
   * Waits until every raft group has a leader that the running nodes know.
   *
   * @return false when that took longer than the timeout
   */
  public boolean awaitLeaders(long timeoutMillis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (!hasLeaders()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return true;
  }

  /** Closes all nodes. */
  @Override
  public void close() {
    CompletableFuture.allOf(
            running.values().stream()
                // At once: with all of them gone, nobody is left to take a lead.
                .map(
                    node ->
                        CompletableFuture.runAsync(node::closeAtOnce, Thread::startVirtualThread))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    running.clear();
  }

  private boolean hasLeaders() {
    for (RaftGroupId group : placement.raftGroups()) {
      boolean led = false;
      for (FunesNode node : running.values()) {
        led |= node.replica().isHere(group) && node.replica().status(group).leaderReady();
      }
      if (!led) {
        return false;
      }
    }
    return true;
  }

  private void startAll() {
    placement.nodes().forEach(node -> requireSameNodes(node.id()));
    boolean isNew =
        placement.nodes().stream().allMatch(node -> NodeEntry.isNew(directory(node.id())));
    int contactMillis = isNew ? 0 : NodeEntry.CONTACT_MILLIS;
    List<CompletableFuture<FunesNode>> starts = new ArrayList<>();
    for (NodeEndpoint endpoint : placement.nodes()) {
      starts.add(
          CompletableFuture.supplyAsync(
              () -> FunesNode.start(config(endpoint.id()), fatal, contactMillis),
              Thread::startVirtualThread));
    }
    RuntimeException failure = null;
    for (CompletableFuture<FunesNode> start : starts) {
      try {
        FunesNode node = start.join();
        running.put(node.config().self(), node);
      } catch (CompletionException e) {
        failure = e.getCause() instanceof StartException refused ? refused : e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private NodeConfig config(NodeId node) {
    NodeEndpoint newcomer = joined.get(node);
    return new NodeConfig(
        node,
        newcomer == null ? placement : placement.with(newcomer),
        directory(node),
        limits,
        replicaLimits,
        newcomer != null,
        false,
        0);
  }

  /** A cluster that began with other nodes would be half of one and half of another. */
  private void requireSameNodes(NodeId node) {
    Path directory = directory(node);
    try {
      NodeIdentity found = NodeIdentity.read(directory, config(node));
      List<Integer> nodes = placement.nodes().stream().map(each -> each.id().value()).toList();
      if (found != null && !found.nodes().equals(nodes)) {
        throw new StartException(
            "%s: this directory holds data of nodes %s, but there are to be %s"
                .formatted(directory.resolve(IdentityFile.NAME), found.nodes(), nodes));
      }
    } catch (IOException e) {
      throw new StartException("%s cannot be read: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private Path directory(NodeId node) {
    return data.resolve("node-" + node).toAbsolutePath();
  }
}
