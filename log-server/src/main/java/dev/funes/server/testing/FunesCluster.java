package dev.funes.server.testing;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.DevCluster;
import dev.funes.server.FunesNode;
import dev.funes.server.grpc.ApiLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster that runs as long as a test or a test class does.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final FunesCluster cluster = FunesCluster.ofNodes(3);
 * }</pre>
 *
 * <p>In a static field it lives for the whole class, in an instance field for each test. When it
 * has started, every raft group has a leader. One thread at a time uses it.
 */
public final class FunesCluster
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Logger LOG = LoggerFactory.getLogger(FunesCluster.class);
  private static final long LEADERS_MILLIS_MAX = 60_000;

  private final int nodeCount;
  private final int replicationFactor;
  private final ApiLimits apiLimits;
  private final ReplicaLimits limits;
  private @Nullable Path data;
  private @Nullable DevCluster cluster;
  private boolean isForClass;

  private FunesCluster(
      int nodeCount, int replicationFactor, ApiLimits apiLimits, ReplicaLimits limits) {
    this.nodeCount = nodeCount;
    this.replicationFactor = replicationFactor;
    this.apiLimits = apiLimits;
    this.limits = limits;
  }

  public static FunesCluster ofNodes(int nodeCount) {
    int replicationFactor = Math.min(Placement.REPLICATION_FACTOR_DEFAULT, nodeCount);
    return new FunesCluster(
        nodeCount, replicationFactor, ApiLimits.DEFAULTS, ReplicaLimits.DEFAULTS);
  }

  /** The same, with other limits: to see checkpoints or retention early, say. */
  public FunesCluster with(ReplicaLimits other) {
    return new FunesCluster(nodeCount, replicationFactor, apiLimits, other);
  }

  /** The same, with other limits of what its nodes take from clients. */
  public FunesCluster with(ApiLimits other) {
    return new FunesCluster(nodeCount, replicationFactor, other, limits);
  }

  /** The same, with each partition on that many of the nodes. */
  public FunesCluster withReplicationFactor(int other) {
    return new FunesCluster(nodeCount, other, apiLimits, limits);
  }

  /** {@code host:port} of every node, with commas between: what a client is given. */
  public String addresses() {
    return String.join(",", running().addresses());
  }

  /** {@code host:port} of one node. */
  public String address(int id) {
    return running().addresses().get(id - 1);
  }

  /** A node that runs; throws IllegalStateException for another. */
  public FunesNode node(int id) {
    FunesNode node = running().node(id);
    if (node == null) {
      throw new IllegalStateException("node " + id + " does not run");
    }
    return node;
  }

  /** The nodes that run. */
  public List<FunesNode> nodes() {
    return running().nodes();
  }

  /** Takes a node away at once, and the others find out; its data stays. */
  public void kill(int id) {
    running().kill(id);
  }

  /** Takes a node away in good order: others lead first what it leads. Its data stays. */
  public void stop(int id) {
    running().stop(id);
  }

  /** Brings a node back that was taken away, with its data. */
  public void restart(int id) {
    running().start(id);
  }

  /**
   * Starts a node that is to be added to the cluster; until then it waits.
   *
   * @param id greater than that of any node so far
   * @return where it is, as the cluster is to be told
   */
  public NodeEndpoint join(int id) {
    try {
      List<Integer> ports = FreePorts.pick(2);
      NodeEndpoint endpoint =
          new NodeEndpoint(new NodeId(id), "127.0.0.1", ports.get(0), ports.get(1));
      running().join(endpoint);
      return endpoint;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until every raft group has a leader; throws IllegalStateException after a minute. */
  public void awaitLeaders() {
    if (!running().awaitLeaders(LEADERS_MILLIS_MAX)) {
      throw new IllegalStateException("a raft group has no leader");
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    isForClass = true;
    start();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!isForClass) {
      start();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!isForClass) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  private void start() {
    try {
      Path directory = Files.createTempDirectory("funes-cluster");
      data = directory;
      cluster =
          DevCluster.start(
              Placement.of("test", endpoints(), replicationFactor),
              directory,
              apiLimits,
              limits,
              (message, cause) -> LOG.error("a node cannot go on: {}", message, cause));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitLeaders();
  }

  private void close() {
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
    if (data != null) {
      delete(data);
      data = null;
    }
  }

  private DevCluster running() {
    if (cluster == null) {
      throw new IllegalStateException("the cluster runs only during tests");
    }
    return cluster;
  }

  private List<NodeEndpoint> endpoints() throws IOException {
    List<Integer> ports = FreePorts.pick(2 * nodeCount);
    List<NodeEndpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < nodeCount; i++) {
      endpoints.add(
          new NodeEndpoint(new NodeId(i + 1), "127.0.0.1", ports.get(2 * i), ports.get(2 * i + 1)));
    }
    return endpoints;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
