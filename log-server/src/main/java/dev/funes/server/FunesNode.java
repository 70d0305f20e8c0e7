package dev.funes.server;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftSettings;
import dev.funes.replication.ProcessLimits;
import dev.funes.replication.Replica;
import dev.funes.replication.ReplicaConfig;
import dev.funes.server.grpc.ApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node: its data directory, its replica, its API. Any thread may close it. */
public final class FunesNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FunesNode.class);

  /** Long enough for a slow disk; a node that hangs must not hold up who stops it. */
  private static final int CLOSE_SECONDS_MAX = 20;

  private final NodeConfig config;
  private final DataDirectory directory;
  private final Replica replica;
  private final ApiServer api;
  private final FatalHandler fatal;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean closing;

  private FunesNode(
      NodeConfig config,
      DataDirectory directory,
      Replica replica,
      ApiServer api,
      FatalHandler fatal) {
    this.config = config;
    this.directory = directory;
    this.replica = replica;
    this.api = api;
    this.fatal = fatal;
  }

  /**
   * Starts a node. Returns when it takes requests, which may be before its raft groups have
   * leaders; then it answers that they have none.
   *
   * @param fatal is told when the node cannot go on; it must end the process or close the node, or,
   *     when it is the closing that takes too long, just end the process
   * @throws StartException in one line, when something stands in the way
   */
  public static FunesNode start(NodeConfig config, FatalHandler fatal) {
    return start(config, fatal, NodeEntry.CONTACT_MILLIS);
  }

  /**
   * As above.
   *
   * @param contactMillis how long a node whose directory is new looks for a cluster that knows it;
   *     0 when the directories of all nodes are known to be new
   */
  static FunesNode start(NodeConfig config, FatalHandler fatal, int contactMillis) {
    NodeEndpoint endpoint = config.endpoint();
    DataDirectory directory = DataDirectory.open(config.data());
    Replica replica = null;
    try {
      requireFree(endpoint, "port", endpoint.clientPort());
      requireFree(endpoint, "raft-port", endpoint.raftPort());
      NodeIdentity identity = NodeEntry.identity(config, contactMillis);
      replica =
          Replica.start(
              new ReplicaConfig(
                  endpoint,
                  NodeEntry.placement(config, identity),
                  config.data(),
                  config.replicaLimits(),
                  InstantSource.system(),
                  identity.isFounding()),
              RaftSettings.in(config.data().resolve("raft")).withEntriesPort(config.entriesPort()),
              fatal);
      if (!identity.started()) {
        identity.asStarted().write(config.data());
      }
      for (String shortage : ProcessLimits.ofThisProcess().shortages(replica.partitionCount())) {
        LOG.warn("node {}: {}", config.self(), shortage);
      }
      ApiServer api =
          ApiServer.start(
              replica,
              endpoint,
              config.limits(),
              config.data(),
              identity.dataId(),
              fatal,
              InstantSource.system());
      NodesNotice.listen(replica.metadata(), config.placement());
      LOG.info(
          "node {} of cluster {} serves {}, data in {}",
          config.self(),
          config.placement().clusterId(),
          endpoint.clientAddress(),
          config.data());
      return new FunesNode(config, directory, replica, api, fatal);
    } catch (IOException e) {
      release(directory, replica);
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      release(directory, replica);
      throw e;
    }
  }

  public NodeConfig config() {
    return config;
  }

  /** What lies below the API; for tests and tools that compare replicas. */
  public Replica replica() {
    return replica;
  }

  /** Waits until the node has been closed. */
  public void awaitTermination() throws InterruptedException {
    closed.await();
  }

  /**
   * Has others lead what it leads, so that they need not find out; then closes at once. When that
   * takes more than 20 s, which only a fault can cause, {@link FatalHandler} is told.
   */
  @Override
  public void close() {
    if (isFirstToClose()) {
      try (CloseDeadline _ = CloseDeadline.begin(CLOSE_SECONDS_MAX, fatal)) {
        try {
          replica.handOverLeads(); // While it can still tell its clients who leads.
        } finally {
          closeParts();
        }
      }
    }
  }

  /** Answers what is under way, leaves the raft groups, and lets go of the data directory. */
  void closeAtOnce() {
    if (isFirstToClose()) {
      try (CloseDeadline _ = CloseDeadline.begin(CLOSE_SECONDS_MAX, fatal)) {
        closeParts();
      }
    }
  }

  private synchronized boolean isFirstToClose() {
    boolean first = !closing;
    closing = true;
    return first;
  }

  private void closeParts() {
    try {
      api.close();
    } finally {
      release(directory, replica);
      closed.countDown();
      LOG.info("node {} is closed", config.self());
    }
  }

  private static void release(DataDirectory directory, @Nullable Replica replica) {
    try (directory) {
      if (replica != null) {
        replica.close();
      }
    } catch (IOException e) {
      LOG.warn("the lock of the data directory was not released", e);
    }
  }

  /** Said here, where the key of the configuration is known, and before anything has begun. */
  private static void requireFree(NodeEndpoint endpoint, String key, int port) throws IOException {
    InetAddress host = InetAddress.getByName(endpoint.host());
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw new StartException(
          "'%s' %d of node %d cannot be used on %s: %s"
              .formatted(key, port, endpoint.id().value(), endpoint.host(), e.getMessage()),
          e);
    }
  }
}
