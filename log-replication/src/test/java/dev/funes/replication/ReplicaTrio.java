package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.LogSettings;
import dev.funes.log.PartitionLog;
import dev.funes.raft.RaftSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Three replicas in one JVM, on loopback. */
final class ReplicaTrio implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final int NODES_MAX = 5;

  private final List<NodeEndpoint> endpoints = new ArrayList<>();
  private final Placement placement;
  private final Path directory;
  private final ReplicaLimits limits;
  final List<String> fatal = new CopyOnWriteArrayList<>();
  private final Map<NodeId, Replica> replicas = new ConcurrentSkipListMap<>();
  final LocalCheckpoints checkpoints = new LocalCheckpoints(replicas::get);

  ReplicaTrio(Path directory, ReplicaLimits limits) throws IOException {
    this.directory = directory;
    this.limits = limits;
    List<Integer> ports = freePorts(2 * NODES_MAX);
    for (int id = 1; id <= NODES_MAX; id++) {
      endpoints.add(
          new NodeEndpoint(
              new NodeId(id), "127.0.0.1", ports.get(2 * id - 2), ports.get(2 * id - 1)));
    }
    this.placement = new Placement("trio", endpoints.subList(0, 3), 3, 2);
    ids().forEach(this::start);
  }

  /** A node that may still be added. */
  NodeEndpoint endpoint(int id) {
    return endpoints.get(id - 1);
  }

  /** All are bound at once, so that no port comes twice. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  Path data(NodeId id) {
    return directory.resolve("node-" + id);
  }

  void start(NodeId id) {
    Path data = data(id);
    RaftSettings settings =
        RaftSettings.in(data.resolve("raft"))
            .withElectionMillis(600, 1_200)
            .withSegmentBytes(RaftSettings.SEGMENT_BYTES_MIN)
            .withCheckpointMillis(500);
    try {
      boolean founding = placement.node(id) != null && !Files.exists(data);
      Replica replica =
          Replica.start(
              new ReplicaConfig(
                  endpoint(id.value()), placement, data, limits, InstantSource.system(), founding),
              settings,
              (message, _) -> fatal.add("node " + id + ": " + message));
      replica.copyCheckpointsFrom(checkpoints);
      replicas.put(id, replica);
      replica.connect(new DirectPeers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What goes over the network otherwise. */
  private final class DirectPeers implements ReplicaPeers {
    @Override
    public CompletableFuture<ForgetOutcome> forget(
        NodeEndpoint to, RaftGroupId id, NodeId lost, boolean onlyAsk) {
      Replica asked = replicas.get(to.id());
      return asked == null ? down(to) : asked.forget(id, lost, onlyAsk);
    }

    @Override
    public CompletableFuture<Long> appliedIndex(NodeEndpoint of, RaftGroupId id) {
      Replica asked = replicas.get(of.id());
      return asked == null
          ? down(of)
          : CompletableFuture.completedFuture(asked.status(id).appliedIndex());
    }

    private static <T> CompletableFuture<T> down(NodeEndpoint node) {
      return CompletableFuture.failedFuture(new IOException("node " + node.id() + " is down"));
    }
  }

  void stop(NodeId id) {
    Replica replica = replicas.remove(id);
    if (replica != null) {
      replica.close();
    }
  }

  List<NodeId> ids() {
    return placement.nodes().stream().map(NodeEndpoint::id).toList();
  }

  Map<NodeId, Replica> replicas() {
    return replicas;
  }

  Replica replica(NodeId id) {
    Replica replica = replicas.get(id);
    if (replica == null) {
      throw new AssertionError("node " + id + " is down");
    }
    return replica;
  }

  Topic createTopic(String name, int partitions, LogSettings settings) {
    TopicOutcome outcome =
        onAny(
            replica -> {
              TopicOutcome answer =
                  replica
                      .createTopic(name, partitions, settings)
                      .orTimeout(30, TimeUnit.SECONDS)
                      .join();
              return answer instanceof TopicOutcome.NotLeader
                      || answer instanceof TopicOutcome.Busy
                      || answer instanceof TopicOutcome.UnknownOutcome
                  ? null
                  : answer;
            });
    return switch (outcome) {
      case TopicOutcome.Created(Topic topic) -> topic;
      // The first try may have been done although its answer got lost.
      case TopicOutcome.TopicExists(Topic topic) -> topic;
      default -> throw new AssertionError("expected a topic, was " + outcome);
    };
  }

  /** Tries an append on every node until one gives an answer that stands. */
  Outcome append(Topic topic, int partition, ByteBuffer batch) {
    return onAny(
        replica -> {
          Outcome outcome =
              replica
                  .append(topic, partition, batch, Command.Append.ANY_OFFSET)
                  .orTimeout(30, TimeUnit.SECONDS)
                  .join();
          return outcome instanceof Outcome.Applied ? outcome : null;
        });
  }

  <T> T onAny(Function<Replica, @Nullable T> question) {
    List<T> answers = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              for (Replica replica : replicas.values()) {
                T answer = question.apply(replica);
                if (answer != null) {
                  answers.add(answer);
                  return true;
                }
              }
              return false;
            });
    return answers.getFirst();
  }

  /** Waits until every replica has applied the same, and compares them byte for byte. */
  Map<String, String> awaitEqualReplicas() {
    List<Map<String, String>> prints = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptionsInstanceOf(IllegalStateException.class) // a replica is just replaced
        .untilAsserted(
            () -> {
              assertThat(replicas).hasSizeGreaterThanOrEqualTo(3);
              prints.clear();
              Map<String, String> all = new TreeMap<>();
              for (Replica replica : replicas.values()) {
                Map<String, String> own = fingerprint(replica);
                assertThat(replica.dataGroups().stream().map(DataGroup::id).toList())
                    .as("raft groups of node %s", replica.self())
                    .isEqualTo(replica.placement().dataRaftGroupsOf(replica.self()));
                own.forEach(
                    (name, print) -> {
                      String other = all.putIfAbsent(name, print);
                      assertThat(print)
                          .as("%s on node %s", name, replica.self())
                          .isEqualTo(other == null ? print : other);
                    });
              }
              for (Replica replica : replicas.values()) {
                Map<String, String> own = fingerprint(replica);
                for (Map.Entry<String, String> each : all.entrySet()) {
                  String name = each.getKey();
                  if (name.startsWith("topic ")
                      || replica.dataGroups().stream()
                          .anyMatch(group -> name.startsWith(partitions(group)))) {
                    assertThat(own).as("node %s", replica.self()).contains(each);
                  }
                }
              }
              prints.add(all);
            });
    return prints.getLast();
  }

  private static String partitions(DataGroup group) {
    return "partition of " + group.id() + ": ";
  }

  private static Map<String, String> fingerprint(Replica replica) {
    Map<String, String> prints = new TreeMap<>();
    for (DataGroup group : replica.dataGroups()) {
      prints.put("keyed " + group.id(), group.state().digest().hex());
      for (Partitions.Partition each : group.groupState().partitions().all()) {
        PartitionLog log = each.log();
        prints.put(
            partitions(group) + each.topicName() + " " + each.id(),
            log.logStartOffset() + " to " + log.endOffset() + " " + log.digest());
      }
    }
    replica.view().topics().forEach(topic -> prints.put("topic " + topic.name(), topic.toString()));
    return prints;
  }

  RaftGroupId raftGroupOf(Topic topic, int partition) {
    return placement.raftGroupOf(new PartitionId(topic.topicId(), partition));
  }

  @Override
  public void close() {
    List.copyOf(replicas.keySet()).forEach(this::stop);
    assertThat(fatal).as("nothing stopped a node").isEmpty();
  }
}
