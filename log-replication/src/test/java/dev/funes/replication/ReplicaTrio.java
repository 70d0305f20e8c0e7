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
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Three replicas in one JVM, on loopback. */
final class ReplicaTrio implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Placement placement;
  private final Path directory;
  private final ReplicaLimits limits;
  final List<String> fatal = new CopyOnWriteArrayList<>();
  private final Map<NodeId, Replica> replicas = new ConcurrentSkipListMap<>();

  ReplicaTrio(Path directory, ReplicaLimits limits) throws IOException {
    this.directory = directory;
    this.limits = limits;
    List<Integer> ports = freePorts(6);
    List<NodeEndpoint> nodes = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      nodes.add(
          new NodeEndpoint(
              new NodeId(id), "127.0.0.1", ports.get(2 * id - 2), ports.get(2 * id - 1)));
    }
    this.placement = new Placement("trio", nodes, 3, 2);
    for (NodeEndpoint node : nodes) {
      start(node.id());
    }
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

  void start(NodeId id) {
    Path data = directory.resolve("node-" + id);
    RaftSettings settings =
        RaftSettings.in(data.resolve("raft"))
            .withElectionMillis(600, 1_200)
            .withSegmentBytes(RaftSettings.SEGMENT_BYTES_MIN)
            .withCheckpointMillis(500);
    try {
      replicas.put(
          id,
          Replica.start(
              new ReplicaConfig(id, placement, data, limits, InstantSource.system()),
              settings,
              (message, _) -> fatal.add("node " + id + ": " + message)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
        .untilAsserted(
            () -> {
              assertThat(replicas).hasSize(3);
              prints.clear();
              replicas.values().forEach(replica -> prints.add(fingerprint(replica)));
              assertThat(prints.get(1)).isEqualTo(prints.get(0));
              assertThat(prints.get(2)).isEqualTo(prints.get(0));
            });
    return prints.getFirst();
  }

  private static Map<String, String> fingerprint(Replica replica) {
    Map<String, String> prints = new TreeMap<>();
    for (DataGroup group : replica.dataGroups()) {
      prints.put("keyed " + group.id(), group.state().digest().hex());
      for (Partitions.Partition each : group.groupState().partitions().all()) {
        PartitionLog log = each.log();
        prints.put(
            each.topicName() + " " + each.id(),
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
    ids().forEach(this::stop);
    assertThat(fatal).as("nothing stopped a node").isEmpty();
  }
}
