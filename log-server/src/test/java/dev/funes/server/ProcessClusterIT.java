package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.NodeAddress;
import dev.funes.client.TopicSettings;
import dev.funes.log.Digest;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, killed with SIGKILL while records are written: one of them, then all. */
class ProcessClusterIT {
  private static final int PARTITIONS = 4;
  private static final int ENOUGH = 500;

  @TempDir Path directory;
  private final Map<Integer, Process> processes = new HashMap<>();
  private final List<Integer> ports = new ArrayList<>();

  @AfterEach
  void endProcesses() throws InterruptedException {
    for (Process process : processes.values()) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void survivesTheKillOfOneNodeAndOfAll() throws Exception {
    Path config = writeConfig();
    String servers = startAll(config);
    try (Admin admin = Admin.open(TestClients.config(servers))) {
      admin.createTopic("events", PARTITIONS, TopicSettings.DEFAULTS);
    }

    try (Load load = Load.start(servers, "events", PARTITIONS)) {
      load.awaitMore(ENOUGH);
      kill(1);
      load.awaitMore(ENOUGH);
      start(config, 1);
      load.awaitMore(ENOUGH);
      for (int node = 1; node <= 3; node++) {
        kill(node);
      }
      for (int node = 1; node <= 3; node++) {
        start(config, node);
      }
      load.awaitMore(ENOUGH);
      load.stop();
      awaitHealthy(servers);
      load.assertAllIsThereOnce();
    }

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              Map<String, Digest> first = digests(1);
              assertThat(first).hasSize(PARTITIONS);
              assertThat(digests(2)).isEqualTo(first);
              assertThat(digests(3)).isEqualTo(first);
            });
  }

  /** Not only when the connection to the old leader is given up, after 15 s and more. */
  @Test
  void whatWasPassedOnToALeaderThatIsCutOffIsAnsweredWhenAnotherLeads() throws Exception {
    Path config = writeConfig();
    String servers = startAll(config);
    NodeAddress leader;
    try (Admin admin = Admin.open(TestClients.config(servers))) {
      admin.createTopic("events", 1, TopicSettings.DEFAULTS);
      leader = settledLeader(admin);
    }
    int other = leader.nodeId() == 1 ? 2 : 1;
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", ports.get(other - 1)).usePlaintext().build();
    try {
      BlockingQueue<ProduceResponse> answers = new LinkedBlockingQueue<>();
      StreamObserver<ProduceRequest> requests =
          LogServiceGrpc.newStub(channel).produce(new Answers(answers));
      requests.onNext(request(1));
      ProduceResponse first = answers.poll(10, TimeUnit.SECONDS);
      assertThat(first).isNotNull().matches(ProduceResponse::hasAppended);

      standStill(leader.nodeId());
      requests.onNext(request(2));

      ProduceResponse second = answers.poll(30, TimeUnit.SECONDS);
      assertThat(second).isNotNull();
      assertThat(second.getError().getCode()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
      assertThat(second.getError().getMessage())
          .contains("node " + leader.nodeId() + " did not answer, and node ")
          .endsWith(" leads now");
      assertThat(second.getLeader().getNodeId()).isNotEqualTo(leader.nodeId());
    } finally {
      channel.shutdownNow();
    }
  }

  /** The lead goes to where it belongs some seconds after the start. */
  private static NodeAddress settledLeader(Admin admin) {
    AtomicReference<NodeAddress> last = new AtomicReference<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .during(Duration.ofSeconds(7))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              NodeAddress leader = admin.describeTopic("events").partitions().getFirst().leader();
              return leader != null && leader.equals(last.getAndSet(leader));
            });
    return last.get();
  }

  private static ProduceRequest request(long id) {
    return ProduceRequest.newBuilder()
        .setCorrelationId(id)
        .setTopic("events")
        .setRecords(
            RecordList.newBuilder()
                .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("value"))))
        .build();
  }

  private record Answers(BlockingQueue<ProduceResponse> queue)
      implements StreamObserver<ProduceResponse> {
    @Override
    public void onNext(ProduceResponse response) {
      queue.add(response);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  private void standStill(int node) throws IOException, InterruptedException {
    Process process = processes.get(node);
    if (process == null) {
      throw new AssertionError("expected node " + node + " to run");
    }
    assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private String startAll(Path config) throws IOException {
    for (int node = 1; node <= 3; node++) {
      start(config, node);
    }
    String servers = "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d".formatted(ports.toArray());
    awaitHealthy(servers);
    return servers;
  }

  private static void awaitHealthy(String servers) {
    try (Admin admin = Admin.open(TestClients.config(servers))) {
      await()
          .atMost(Duration.ofSeconds(90))
          .ignoreExceptions()
          .until(admin::describeCluster, ClusterDescription::healthy);
    }
  }

  private void start(Path config, int node) throws IOException {
    Path log = directory.resolve("node-" + node + ".log");
    processes.put(
        node,
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1", // short lives, few cores
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.funes.server.NodeProcess",
                config.toString(),
                Integer.toString(node))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  private void kill(int node) throws InterruptedException {
    Process process = processes.get(node);
    if (process == null) {
      throw new AssertionError("expected node " + node + " to run");
    }
    process.destroyForcibly().waitFor(); // SIGKILL
  }

  /** Of every partition of a node, as it lies on its disk. */
  private Map<String, Digest> digests(int node) throws IOException {
    Map<String, Digest> digests = new HashMap<>();
    Path groups = directory.resolve("node-" + node).resolve("groups");
    try (Stream<Path> files = Files.find(groups, 3, ProcessClusterIT::isPartition)) {
      for (Path partition : files.toList()) {
        try (PartitionLog log = PartitionLog.openReadOnly(partition)) {
          digests.put(partition.getFileName().toString(), log.digest());
        }
      }
    }
    return digests;
  }

  private static boolean isPartition(Path path, Object attributes) {
    Path parent = path.getParent();
    return parent != null && parent.endsWith("partitions");
  }

  private Path writeConfig() throws IOException {
    Set<ServerSocket> held = new HashSet<>();
    List<Integer> raftPorts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      (i < 3 ? ports : raftPorts).add(socket.getLocalPort());
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    StringBuilder yaml = new StringBuilder();
    yaml.append("cluster: processes\n").append("raft-groups: 3\n");
    yaml.append("data: ").append(directory).append("/node-{id}\n").append("nodes:\n");
    for (int i = 0; i < 3; i++) {
      yaml.append(
          "  - {id: %d, host: 127.0.0.1, port: %d, raft-port: %d}%n"
              .formatted(i + 1, ports.get(i), raftPorts.get(i)));
    }
    return Files.writeString(directory.resolve("cluster.yaml"), yaml);
  }
}
