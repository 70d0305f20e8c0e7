package dev.funes.cli;

import dev.funes.cli.console.StandardStreams;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.Consumer;
import dev.funes.client.FunesException;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.record.Compression;
import dev.funes.state.NativeLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/**
 * Runs three nodes in this process, started as {@code funes server} starts them, and has records
 * written and read for some seconds, so that the JVM that watches can keep the classes and what it
 * has learned of the methods that are called most. Run when the distribution is built.
 */
final class NodeWarmUp {
  private static final int NODES = 3;
  private static final int PARTITIONS = 6;
  private static final int RECORD_BYTES = 1 << 10;
  private static final int SMALL_RECORD_BYTES = 100;
  private static final Duration HEALTHY_MAX = Duration.ofSeconds(60);

  // Enough for the methods of the data path to be called some 100,000 times.
  private static final long LOAD_BYTES = 384L << 20;
  private static final Duration LOAD_MAX = Duration.ofSeconds(60);

  private NodeWarmUp() {}

  /**
   * The arguments are {@code server}, for which {@code bin/funes} gives the flags of a node; the
   * folder that gets the native library; and one for the nodes' data. Ends with 0 when everything
   * was done.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    NativeLibrary.unpack(Path.of(args[1]));
    Path data = Path.of(args[2]);
    List<Integer> ports = freePorts(2 * NODES);
    Path config = data.resolve("cluster.yaml");
    Files.writeString(config, yaml(data, ports));
    for (int node = 1; node <= NODES; node++) {
      startNode(config, node);
    }
    ClientConfig client = ClientConfig.builder().servers(servers(ports)).build();
    load(client);
    // Closes the nodes on the way, as the end of a node does.
    System.exit(0);
  }

  private static void startNode(Path config, int node) {
    String[] args = {"server", "--config", config.toString(), "--node", Integer.toString(node)};
    Thread.ofPlatform()
        .daemon()
        .name("node-" + node)
        .start(
            () -> {
              CommandLine commandLine =
                  FunesCommandLine.create(
                      args,
                      new StandardStreams(
                          new ByteArrayInputStream(new byte[0]), OutputStream.nullOutputStream()));
              int exitCode = commandLine.execute(args);
              if (exitCode != 0) {
                Runtime.getRuntime().halt(exitCode);
              }
            });
  }

  private static void load(ClientConfig client) throws InterruptedException {
    createTopics(client);
    CountDownLatch end = new CountDownLatch(1);
    Thread reader = Thread.ofPlatform().daemon().start(() -> read(client, end));
    long deadline = System.nanoTime() + LOAD_MAX.toNanos();
    produce(client, "small", SMALL_RECORD_BYTES, LOAD_BYTES / 64, deadline);
    produce(client, "large", RECORD_BYTES, LOAD_BYTES, deadline);
    end.countDown();
    reader.join(HEALTHY_MAX.toMillis());
  }

  /** Also waits for the nodes: until then there is nobody to ask, or no leader. */
  private static void createTopics(ClientConfig client) throws InterruptedException {
    long deadline = System.nanoTime() + HEALTHY_MAX.toNanos();
    while (true) {
      try (Admin admin = Admin.open(client)) {
        admin.createTopic("small", PARTITIONS, TopicSettings.DEFAULTS);
        admin.createTopic("large", PARTITIONS, TopicSettings.DEFAULTS);
        return;
      } catch (FunesException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static void produce(
      ClientConfig config, String topic, int recordBytes, long bytesMax, long deadline) {
    byte[] pool = new byte[1 << 20];
    new Random(1).nextBytes(pool);
    ClientConfig own =
        topic.equals("small")
            ? ClientConfig.builder().servers(config.servers()).compression(Compression.LZ4).build()
            : config;
    try (Producer producer = Producer.open(own)) {
      int from = 0;
      for (long sent = 0; sent < bytesMax && System.nanoTime() < deadline; sent += recordBytes) {
        byte[] value = Arrays.copyOfRange(pool, from, from + recordBytes);
        from = (from + recordBytes + 1) % (pool.length - recordBytes);
        var _ = producer.send(ProducerRecord.of(topic, null, value));
      }
      producer.flush();
    }
  }

  private static void read(ClientConfig config, CountDownLatch end) {
    try (Consumer consumer = Consumer.open(config, "warm-up")) {
      List<TopicPartition> partitions = new ArrayList<>(consumer.partitions("small"));
      partitions.addAll(consumer.partitions("large"));
      consumer.assign(partitions);
      int polls = 0;
      while (end.getCount() > 0) {
        consumer.poll(Duration.ofMillis(100));
        if (++polls % 50 == 0) {
          consumer.commit();
        }
      }
    }
  }

  private static String yaml(Path data, List<Integer> ports) {
    StringBuilder yaml = new StringBuilder("cluster: warm-up\ndata: " + data + "/{id}\nnodes:\n");
    for (int i = 0; i < NODES; i++) {
      yaml.append(
          "  - {id: %d, host: 127.0.0.1, port: %d, raft-port: %d}%n"
              .formatted(i + 1, ports.get(2 * i), ports.get(2 * i + 1)));
    }
    return yaml.toString();
  }

  private static String servers(List<Integer> ports) {
    List<String> servers = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      servers.add("127.0.0.1:" + ports.get(2 * i));
    }
    return String.join(",", servers);
  }

  /** Ports that are free now, each another one. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return ports;
  }
}
