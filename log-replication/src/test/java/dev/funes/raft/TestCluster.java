package dev.funes.raft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Nodes of one cluster in this JVM, on loopback, each with its directory. */
final class TestCluster implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final Placement placement;
  private final UnaryOperator<RaftSettings> adjust;
  private final Map<NodeId, RaftNode> nodes = new TreeMap<>();
  private final Map<NodeId, Map<RaftGroupId, ListState>> states = new ConcurrentHashMap<>();
  private final List<String> fatals = new CopyOnWriteArrayList<>();
  private final List<String> left = new CopyOnWriteArrayList<>();

  private TestCluster(Path directory, Placement placement, UnaryOperator<RaftSettings> adjust) {
    this.directory = directory;
    this.placement = placement;
    this.adjust = adjust;
  }

  /** Short elections and no balancing; {@code adjust} may change that. */
  static TestCluster start(
      Path directory, int nodeCount, int dataRaftGroups, UnaryOperator<RaftSettings> adjust)
      throws IOException {
    TestCluster cluster =
        new TestCluster(
            directory,
            new Placement("test", endpoints(nodeCount), nodeCount, dataRaftGroups),
            adjust);
    for (NodeEndpoint node : cluster.placement.nodes()) {
      cluster.startNode(node.id());
    }
    return cluster;
  }

  static TestCluster start(Path directory, int nodeCount) throws IOException {
    return start(directory, nodeCount, 1, settings -> settings);
  }

  RaftNode startNode(NodeId id) throws IOException {
    Path home = directory.resolve("node-" + id);
    Files.createDirectories(home);
    RaftSettings settings =
        adjust.apply(
            RaftSettings.in(raftDirectory(id))
                .withElectionMillis(600, 1_200)
                .withSegmentBytes(RaftSettings.SEGMENT_BYTES_MIN)
                .withBalanceMillis(0));
    RaftNode node =
        RaftNode.start(
            settings,
            endpoint(id),
            () -> placement,
            (message, cause) -> fatals.add(message),
            group -> left.add("node " + id + ", raft group " + group));
    boolean started = false;
    try {
      for (RaftGroupId group : placement.raftGroupsOf(id)) {
        add(node, id, group, founders(group));
      }
      started = true;
    } finally {
      if (!started) {
        node.close();
      }
    }
    nodes.put(id, node);
    return node;
  }

  /** Starts a raft group on a node that runs. */
  void add(RaftNode node, NodeId id, RaftGroupId group, List<NodeEndpoint> founders)
      throws IOException {
    add(node, id, group, founders, 0);
  }

  /** As above, with a Raft log that takes that long to open. */
  void add(
      RaftNode node, NodeId id, RaftGroupId group, List<NodeEndpoint> founders, long openingMillis)
      throws IOException {
    Path home = directory.resolve("node-" + id);
    ListState state = new ListState(home.resolve("checkpoint-" + group));
    state.openSlowly(openingMillis);
    states.computeIfAbsent(id, _ -> new ConcurrentHashMap<>()).put(group, state);
    try {
      node.addRaftGroup(group, state, founders).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private List<NodeEndpoint> founders(RaftGroupId group) {
    return placement.replicas(group).stream().map(this::endpoint).toList();
  }

  /** Raft groups that were told that their node is no voter any more. */
  List<String> left() {
    return List.copyOf(left);
  }

  NodeEndpoint endpoint(NodeId id) {
    NodeEndpoint endpoint = placement.node(id);
    if (endpoint == null) {
      throw new IllegalArgumentException("node " + id + " is not in the cluster");
    }
    return endpoint;
  }

  void stopNode(NodeId id) {
    RaftNode node = nodes.remove(id);
    if (node != null) {
      node.close();
    }
  }

  Path raftDirectory(NodeId id) {
    return directory.resolve("node-" + id).resolve("raft");
  }

  /** Where Ratis keeps the files of one raft group. */
  Path raftFiles(NodeId id, RaftGroupId group) {
    return raftDirectory(id).resolve(group.uuid(placement.clusterId()).toString());
  }

  /** The file of a Raft log that is written to. */
  Path openRaftLog(NodeId id, RaftGroupId group) throws IOException {
    try (Stream<Path> files = Files.list(raftFiles(id, group).resolve("current"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
          .findFirst()
          .orElseThrow();
    }
  }

  RaftNode node(NodeId id) {
    RaftNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("node " + id + " is down");
    }
    return node;
  }

  ListState state(NodeId id, RaftGroupId group) {
    ListState state = states.getOrDefault(id, Map.of()).get(group);
    if (state == null) {
      throw new IllegalArgumentException("raft group " + group + " is not on node " + id);
    }
    return state;
  }

  List<NodeId> up() {
    return new ArrayList<>(nodes.keySet());
  }

  /** A node that is up and is another than this one. */
  NodeId otherThan(NodeId node) {
    return up().stream().filter(id -> !id.equals(node)).findFirst().orElseThrow();
  }

  Placement placement() {
    return placement;
  }

  List<String> fatals() {
    return List.copyOf(fatals);
  }

  /** Has a command committed; returns what apply has answered. */
  String commit(RaftGroupId group, NodeId node, String command) throws Exception {
    Submission answer =
        node(node)
            .submit(group, ByteBuffer.wrap(command.getBytes(UTF_8)))
            .get(30, TimeUnit.SECONDS);
    if (answer instanceof Submission.Committed(ByteBuffer reply)) {
      return UTF_8.decode(reply).toString();
    }
    throw new AssertionError("expected it committed, was " + answer);
  }

  /** Waits for a leader that takes commands. */
  NodeId awaitLeader(RaftGroupId group) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                up().stream().filter(id -> node(id).isLeaderReady(group)).findFirst().orElse(null),
            leader -> leader != null);
  }

  @Override
  public void close() {
    up().forEach(this::stopNode);
  }

  private static List<NodeEndpoint> endpoints(int count) throws IOException {
    List<NodeEndpoint> endpoints = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int id = 1; id <= count; id++) {
        ServerSocket client = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(client);
        ServerSocket raft = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(raft);
        endpoints.add(
            new NodeEndpoint(
                new NodeId(id), "127.0.0.1", client.getLocalPort(), raft.getLocalPort()));
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return endpoints;
  }
}
