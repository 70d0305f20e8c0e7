package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.ClientConfig;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
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
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes in three processes, killed under load: first one, then all at once. What was
 * acknowledged is there afterwards, once, where it was said to be, and the replicas are equal.
 */
class ClusterProcessIT {
  private static final int NODES = 3;
  private static final int PARTITIONS = 4;
  private static final int RECORDS_BETWEEN_KILLS = 2_000;
  private static final Duration WAIT_MAX = Duration.ofSeconds(90);

  @TempDir Path directory;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  // Where the cluster said that a value lies: the value by "partition offset".
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

  @BeforeEach
  void startNodes() throws IOException {
    Path config = writeConfig();
    for (int id = 1; id <= NODES; id++) {
      nodes.add(NodeProcess.start(config, id, directory));
    }
  }

  @AfterEach
  void killWhatIsLeft() throws InterruptedException {
    for (NodeProcess node : nodes) {
      node.kill();
    }
  }

  private Path writeConfig() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 2 * NODES; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    StringBuilder yaml = new StringBuilder("cluster: killed\n");
    yaml.append("data: ").append(directory.resolve("data-{id}")).append("\nnodes:\n");
    for (int id = 1; id <= NODES; id++) {
      int port = sockets.get(id - 1).getLocalPort();
      int raftPort = sockets.get(NODES + id - 1).getLocalPort();
      addresses.add("127.0.0.1:" + port);
      yaml.append(
          "  - {id: %d, host: 127.0.0.1, port: %d, raft-port: %d}%n".formatted(id, port, raftPort));
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return Files.writeString(directory.resolve("cluster.yaml"), yaml);
  }

  @Test
  void losesNothingThatWasAcknowledgedAndKeepsReplicasEqual() throws Exception {
    Cli cli = new Cli(String.join(",", addresses));
    awaitHealthy(cli);
    cli.run("topic", "create", "ledger", "-p", Integer.toString(PARTITIONS)).succeeded();

    Load load = new Load(String.join(",", addresses));
    try {
      awaitMore(RECORDS_BETWEEN_KILLS);
      nodes.get(0).kill();
      awaitMore(RECORDS_BETWEEN_KILLS);
      nodes.get(0).restart();
      awaitMore(RECORDS_BETWEEN_KILLS);
      for (NodeProcess node : nodes) {
        node.kill();
      }
      for (NodeProcess node : nodes) {
        node.restart();
      }
      awaitMore(RECORDS_BETWEEN_KILLS);
    } finally {
      load.stop();
    }

    awaitHealthy(cli);
    assertAcknowledgedIsThereOnce(cli);
    awaitNoLag(cli);
    for (NodeProcess node : nodes) {
      assertThat(node.stop()).as("stopped in order: %s", Files.readString(node.log())).isTrue();
    }
    assertReplicasAreEqual(cli);
  }

  private void awaitHealthy(Cli cli) throws IOException {
    Cli.Result result =
        cli.run("cluster", "status", "--wait-healthy", "--timeout", WAIT_MAX.toSeconds() + "s");
    if (result.exitCode() != 0) {
      StringBuilder logs = new StringBuilder();
      for (NodeProcess node : nodes) {
        logs.append(node.log()).append('\n').append(Files.readString(node.log()));
      }
      assertThat(result.exitCode()).as("%s%s%n%s", result.text(), result.err(), logs).isZero();
    }
  }

  private void awaitMore(int records) {
    int before = acknowledged.size();
    await().atMost(WAIT_MAX).until(() -> acknowledged.size() >= before + records);
  }

  private static void awaitNoLag(Cli cli) {
    await()
        .atMost(WAIT_MAX)
        .until(
            () ->
                !cli.run("cluster", "describe", "-f", "json")
                    .text()
                    .matches("(?s).*\"lagEntries\":([1-9]|null).*"));
  }

  private void assertAcknowledgedIsThereOnce(Cli cli) {
    Map<String, String> there = new HashMap<>();
    Map<String, Integer> times = new HashMap<>();
    for (String line :
        cli.run("consume", "ledger", "-e", "-f", "%p %o %v\\n").succeeded().lines()) {
      String[] parts = line.split(" ", 3);
      there.put(parts[0] + " " + parts[1], parts[2]);
      times.merge(parts[2], 1, Integer::sum);
    }

    assertThat(there).containsAllEntriesOf(acknowledged);
    assertThat(times.values()).as("a record is in the log once").containsOnly(1);
  }

  private void assertReplicasAreEqual(Cli cli) {
    Map<Integer, Map<String, String>> digests = new TreeMap<>();
    for (int id = 1; id <= NODES; id++) {
      Map<String, String> ofNode = new TreeMap<>();
      String data = directory.resolve("data-" + id).toString();
      for (String line : cli.run("verify", data, "-f", "json").succeeded().lines()) {
        ofNode.put(field(line, "partition"), field(line, "sha256") + field(line, "endOffset"));
      }
      digests.put(id, ofNode);
    }
    assertThat(digests.get(1)).hasSize(PARTITIONS).isEqualTo(digests.get(2));
    assertThat(digests.get(1)).isEqualTo(digests.get(3));
  }

  private static String field(String json, String name) {
    int from = json.indexOf("\"" + name + "\":") + name.length() + 3;
    return json.substring(from, json.indexOf(',', from));
  }

  /** Writes numbered values without a pause, whatever happens to the nodes, until it is stopped. */
  private final class Load {
    private static final int IN_FLIGHT_MAX = 100;

    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread;

    Load(String servers) {
      thread = Thread.ofPlatform().name("load").start(() -> produce(servers));
    }

    private void produce(String servers) {
      ClientConfig config = ClientConfig.builder().servers(servers).bufferBytes(2 << 20).build();
      try (Producer producer = Producer.open(config)) {
        for (long i = 0; !stopped.get(); i++) {
          String value = "value-" + i;
          ProducerRecord record =
              new ProducerRecord(
                  "ledger",
                  (int) (i % PARTITIONS),
                  value.getBytes(UTF_8),
                  value.getBytes(UTF_8),
                  List.of(),
                  ProducerRecord.NOW);
          inFlight.acquireUninterruptibly();
          var _ =
              producer
                  .send(record)
                  .whenComplete(
                      (position, failure) -> {
                        inFlight.release();
                        if (position != null) {
                          acknowledged.put(position.partition() + " " + position.offset(), value);
                        }
                      });
        }
      }
    }

    void stop() throws InterruptedException {
      stopped.set(true);
      thread.join();
    }
  }
}
