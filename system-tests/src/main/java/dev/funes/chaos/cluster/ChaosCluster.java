package dev.funes.chaos.cluster;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ClusterDescription;
import dev.funes.client.FunesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The nodes, their networks and disks. Closing it takes everything away but the run's directory.
 */
public final class ChaosCluster implements AutoCloseable {
  /** A node that was killed has to read back what it has; on a slow machine that takes a while. */
  private static final Duration WHOLE_AGAIN = Duration.ofMinutes(3);

  /** What a node that has lost its replicas copies in a second, under load, on two processors. */
  private static final long COPIED_BYTES_PER_SECOND = 4L << 20;

  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Path directory;
  private final String runId;
  private final ClusterOptions options;
  private final Machine machine;
  private final Leftovers leftovers;
  private final NodeNetwork network;
  private final Journal journal;
  private final TreeMap<Integer, ChaosNode> nodes = new TreeMap<>();
  private int highestId;

  private ChaosCluster(
      Path directory,
      String runId,
      ClusterOptions options,
      Machine machine,
      Leftovers leftovers,
      NodeNetwork network,
      Journal journal) {
    this.directory = directory;
    this.runId = runId;
    this.options = options;
    this.machine = machine;
    this.leftovers = leftovers;
    this.network = network;
    this.journal = journal;
  }

  /** Makes networks, disks and the configuration; starts nothing yet. */
  public static ChaosCluster open(
      Path directory, String runId, ClusterOptions options, Machine machine, Journal journal)
      throws IOException {
    Files.createDirectories(directory);
    Leftovers leftovers = Leftovers.begin(runId);
    try {
      NodeNetwork network = machine.namespaces() ? Bridge.open(runId, leftovers) : new Loopback();
      ChaosCluster cluster =
          new ChaosCluster(directory, runId, options, machine, leftovers, network, journal);
      // However the prover ends, short of a kill -9: what it has made goes.
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::abandon));
      for (int id = 1; id <= options.nodes(); id++) {
        cluster.addNode(id, false);
      }
      cluster.writeConfig();
      return cluster;
    } catch (IOException e) {
      leftovers.close();
      throw e;
    }
  }

  /**
   * Makes the place of one more node, which is told to join.
   *
   * @param join false only for the nodes that a cluster begins with
   */
  public synchronized ChaosNode addNode(int id, boolean join) throws IOException {
    highestId = Math.max(highestId, id);
    NodeNetwork.NodeAddress address = network.add(id);
    Path home = Files.createDirectories(directory.resolve("nodes").resolve("n" + id));
    Files.writeString(
        home.resolve("clock"), "+0"); // what libfaketime reads, when the nodes have it
    NodeDisk disk =
        machine.images() ? imageDisk(home) : new PlainDisk(home.resolve("disk").resolve("data"));
    disk.open();
    Path config = directory.resolve("cluster.yaml");
    Path log = home.resolve("node.log");
    ChaosNode node =
        new ChaosNode(
            id,
            address,
            disk,
            log,
            () -> {
              Process process = NodeCommand.start(options, network, id, config, log, join);
              leftovers.process(process.pid());
              return process;
            },
            journal);
    nodes.put(id, node);
    return node;
  }

  private ImageDisk imageDisk(Path home) {
    Path image = home.resolve("disk.img");
    FaultyDevice device =
        options.faultyDevices() && FaultyDevice.isAvailable()
            ? new FaultyDevice(image, home, leftovers)
            : null;
    return new ImageDisk(image, home.resolve("disk"), options.diskMib(), leftovers, device);
  }

  /** Ends a node for good, and forgets it. */
  public synchronized void removeNode(int id) throws IOException {
    ChaosNode node = nodes.remove(id);
    if (node != null) {
      node.close();
    }
  }

  /** Writes the configuration with the nodes of the moment. */
  public synchronized void writeConfig() throws IOException {
    StringBuilder yaml = new StringBuilder();
    yaml.append("cluster: ").append(clusterId()).append('\n');
    yaml.append("raft-groups: ").append(options.raftGroups()).append('\n');
    yaml.append("data: ").append(directory).append("/nodes/n{id}/disk/data\n");
    options.settings().forEach((key, value) -> yaml.append(key + ": " + value + "\n"));
    yaml.append("nodes:\n");
    for (ChaosNode node : nodes.values()) {
      NodeNetwork.NodeAddress address = node.address();
      yaml.append(
          "  - {id: %d, host: %s, port: %d, raft-port: %d}%n"
              .formatted(node.id(), address.host(), address.port(), address.raftPort()));
    }
    Files.writeString(directory.resolve("cluster.yaml"), yaml);
  }

  public void startAll() {
    nodes().forEach(ChaosNode::start);
  }

  public synchronized Collection<ChaosNode> nodes() {
    return List.copyOf(nodes.values());
  }

  public synchronized ChaosNode node(int id) {
    ChaosNode node = nodes.get(id);
    if (node == null) {
      throw new NoSuchElementException("no node " + id);
    }
    return node;
  }

  /** An id that no node has had: a cluster does not take one twice. */
  public synchronized int freshNodeId() {
    return highestId + 1;
  }

  public List<Integer> nodeIds() {
    return nodes().stream().map(ChaosNode::id).toList();
  }

  public Machine machine() {
    return machine;
  }

  public NodeNetwork network() {
    return network;
  }

  public Leftovers leftovers() {
    return leftovers;
  }

  public ClusterOptions options() {
    return options;
  }

  public String runId() {
    return runId;
  }

  /** As in {@code cluster.yaml}. */
  public String clusterId() {
    return "chaos-" + runId;
  }

  public Path directory() {
    return directory;
  }

  /** Addresses of all nodes, as clients take them. */
  public String servers() {
    return nodes().stream().map(ChaosNode::server).collect(Collectors.joining(","));
  }

  /** A client's settings, with short timeouts. */
  public Admin admin() {
    return Admin.open(ClientConfig.builder().servers(servers()).requestTimeout(ANSWER).build());
  }

  /** All processes that have ended, of nodes that are still there. */
  public List<NodeExit> exits() {
    List<NodeExit> all = new ArrayList<>();
    nodes().forEach(node -> all.addAll(node.exits()));
    return all;
  }

  /**
   * As {@link #awaitHealthy}, for as long as it may take after a fault: a node that has lost a
   * replica copies all of it.
   */
  public Duration awaitWhole() throws IOException {
    long mostBytes = 0;
    for (ChaosNode node : nodes()) {
      mostBytes = Math.max(mostBytes, DataSize.of(node.disk().data()));
    }
    return awaitHealthy(WHOLE_AGAIN.plusSeconds(mostBytes / COPIED_BYTES_PER_SECOND));
  }

  /**
   * Waits until every node answers, every raft group has a leader, and all replicas have caught up.
   *
   * @return how long it took
   * @throws IOException when it has not come to that in time; says what is amiss
   */
  public Duration awaitHealthy(Duration limit) throws IOException {
    long begin = System.nanoTime();
    String last = "no answer";
    try (Admin admin = admin()) {
      while (System.nanoTime() - begin < limit.toNanos()) {
        try {
          ClusterDescription description = admin.describeCluster();
          if (description.isCaughtUp()) {
            return Duration.ofNanos(System.nanoTime() - begin);
          }
          last =
              description.healthy()
                  ? "replicas are catching up"
                  : String.join("; ", description.problems());
        } catch (FunesException e) {
          last = String.valueOf(e.getMessage());
        }
        Shell.pause(200);
      }
    }
    throw new IOException("not whole again within " + limit.toSeconds() + " s: " + last);
  }

  /**
   * Deletes what nodes have set aside because it was damaged, as it is left to the operator. The
   * cluster is whole, so that nobody needs it.
   */
  public void deleteSetAside() throws IOException {
    for (ChaosNode node : nodes()) {
      Shell.must("rm", "-rf", node.disk().data().resolve("set-aside").toString());
    }
  }

  private void abandon() {
    nodes().forEach(ChaosNode::abandon);
    leftovers.close();
  }

  @Override
  public void close() {
    for (ChaosNode node : nodes()) {
      try {
        node.close();
      } catch (IOException e) {
        journal.say("node " + node.id() + ": " + e.getMessage());
      }
    }
    leftovers.close();
  }
}
