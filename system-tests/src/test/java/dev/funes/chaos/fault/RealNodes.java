package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ClusterDescription;
import dev.funes.client.RaftReplicaDescription;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Nodes that run as processes of their own, from the distribution that was built last. */
final class RealNodes implements AutoCloseable {
  private final Path directory;
  private final Path config;
  private final List<Integer> ports = new ArrayList<>();
  private final Map<Integer, Process> processes = new HashMap<>();

  /**
   * @param data of each node, in order
   * @param settings more lines of the configuration
   */
  RealNodes(Path directory, List<Path> data, String settings) throws IOException {
    this.directory = directory;
    // Every node has the same file; which directory is whose is told by links.
    for (int i = 0; i < data.size(); i++) {
      Files.createSymbolicLink(directory.resolve("data-" + (i + 1)), data.get(i));
    }
    StringBuilder yaml = new StringBuilder();
    yaml.append("cluster: faults\n").append(settings);
    yaml.append("data: ").append(directory).append("/data-{id}\n").append("nodes:\n");
    List<Integer> free = freePorts(2 * data.size());
    for (int i = 0; i < data.size(); i++) {
      ports.add(free.get(2 * i));
      yaml.append(
          "  - {id: %d, host: 127.0.0.1, port: %d, raft-port: %d}%n"
              .formatted(i + 1, free.get(2 * i), free.get(2 * i + 1)));
    }
    this.config = Files.writeString(directory.resolve("cluster.yaml"), yaml);
  }

  /** So many nodes, each with a directory of its own there. */
  static RealNodes of(int count, Path directory, String settings) throws IOException {
    List<Path> data = new ArrayList<>();
    for (int node = 1; node <= count; node++) {
      data.add(Files.createDirectory(directory.resolve("node-" + node)));
    }
    return new RealNodes(directory, data, settings);
  }

  void startAll() throws IOException {
    for (int node = 1; node <= ports.size(); node++) {
      start(node, Map.of());
    }
    awaitHealthy();
  }

  void start(int node, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            launcher().toString(),
            "server",
            "--config",
            config.toString(),
            "--node",
            Integer.toString(node));
    builder.environment().put("FUNES_JAVA_OPTS", "-Xmx192m");
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log(node).toFile()));
    processes.put(node, builder.start());
  }

  /** The build packages the command before it comes to these tests. */
  private static Path launcher() throws IOException {
    try (Stream<Path> built = Files.list(Path.of("../log-cli/target"))) {
      return built
          .map(folder -> folder.resolve("bin/funes"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(() -> new IOException("no distribution: mvn -DskipTests package"))
          .toRealPath();
    }
  }

  void kill(int node) throws InterruptedException {
    process(node).destroyForcibly().waitFor();
  }

  /** Ends it in good order. */
  void stop(int node) throws InterruptedException {
    process(node).destroy();
    if (!process(node).waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("node " + node + " does not end");
    }
  }

  Process process(int node) {
    return Objects.requireNonNull(processes.get(node));
  }

  Path data(int node) {
    return directory.resolve("data-" + node);
  }

  /** All segments of a node, by their names below its directory. */
  SortedMap<String, Path> segments(int node) throws IOException {
    SortedMap<String, Path> found = new TreeMap<>();
    Path root = data(node).toRealPath();
    try (Stream<Path> files = Files.walk(root.resolve("groups"))) {
      files
          .filter(file -> file.toString().endsWith(".log"))
          .filter(file -> file.toString().contains("/partitions/"))
          .forEach(file -> found.put(root.relativize(file).toString(), file));
    }
    return found;
  }

  /** Of nodes that do not run. */
  void assertSameSegments(int one, int other) throws IOException {
    SortedMap<String, Path> expected = segments(one);
    SortedMap<String, Path> found = segments(other);
    assertThat(found.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
    for (Map.Entry<String, Path> each : expected.entrySet()) {
      assertThat(found.get(each.getKey())).hasSameBinaryContentAs(each.getValue());
    }
  }

  Path log(int node) {
    return directory.resolve("node-" + node + ".log");
  }

  String servers() {
    return String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
  }

  ClientConfig.Builder clients() {
    return ClientConfig.builder().servers(servers());
  }

  void awaitHealthy() {
    try (Admin admin = Admin.open(clients().build())) {
      await()
          .atMost(Duration.ofSeconds(90))
          .ignoreExceptions()
          .until(admin::describeCluster, ClusterDescription::healthy);
    }
  }

  /** All replicas have applied the same, while nobody writes. */
  void awaitEqual() {
    try (Admin admin = Admin.open(clients().build())) {
      await()
          .atMost(Duration.ofSeconds(90))
          .ignoreExceptions()
          .until(
              () ->
                  admin.describeCluster().raftGroups().stream()
                      .allMatch(
                          raftGroup ->
                              raftGroup.replicas().stream()
                                      .map(RaftReplicaDescription::appliedIndex)
                                      .distinct()
                                      .count()
                                  == 1));
    }
  }

  /** What a node wrote, to be shown when a test fails. */
  String tail(int node) throws IOException {
    List<String> lines = Files.readAllLines(log(node));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  @Override
  public void close() {
    for (Process process : processes.values()) {
      try {
        process.destroyForcibly().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> free = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      free.add(socket.getLocalPort());
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return free;
  }
}
