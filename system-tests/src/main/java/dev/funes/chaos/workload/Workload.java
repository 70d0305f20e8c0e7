package dev.funes.chaos.workload;

import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.NodeAddress;
import dev.funes.client.TopicSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The clients of a run: they write, read and commit until they are stopped, and note all of it. One
 * thread at a time uses it.
 */
public final class Workload implements AutoCloseable {
  private static final Duration CREATE_TIMEOUT = Duration.ofSeconds(60);
  private static final long STOP_MILLIS_MAX = 60_000;

  private final Shared shared;
  private final List<Client> writers = new ArrayList<>();
  private final List<Client> readers = new ArrayList<>();
  private int added;

  private Workload(Shared shared) {
    this.shared = shared;
  }

  /**
   * Makes the topics and starts the clients. {@code run.json} must be there ({@link
   * dev.funes.chaos.history.History#begin}), with the topics of the settings.
   *
   * @param nodes that clients are told of, and that are read from
   * @param dir where the history goes
   * @throws FunesException when the topics cannot be made within a minute
   */
  public static Workload start(
      List<NodeAddress> nodes, WorkloadSettings settings, RunInfo info, Path dir, RunClock clock) {
    Workload workload = new Workload(new Shared(nodes, settings, info, dir, clock));
    workload.createTopics();
    workload.startClients();
    return workload;
  }

  private void createTopics() {
    ClientConfig config =
        ClientConfig.builder().servers(shared.servers()).requestTimeout(CREATE_TIMEOUT).build();
    try (Admin admin = Admin.open(config)) {
      for (RunInfo.TopicPlan topic : shared.info.topics()) {
        TopicSettings settings = TopicSettings.DEFAULTS;
        if (topic.segmentBytes() != 0) {
          settings = settings.withSegmentBytes(topic.segmentBytes());
        }
        if (topic.retentionBytes() != 0) {
          settings = settings.withRetentionBytes(topic.retentionBytes());
        }
        try {
          admin.createTopic(topic.name(), topic.partitions(), settings);
        } catch (FunesException e) {
          if (e.code() != ErrorCode.TOPIC_EXISTS) {
            throw e;
          }
        }
      }
    }
  }

  private void startClients() {
    WorkloadSettings settings = shared.settings;
    int producers = settings.idempotentProducers() + settings.plainProducers();
    double rate = (double) settings.recordsPerSecond() / Math.max(1, producers);
    for (int i = 0; i < producers; i++) {
      writers.add(
          i < settings.idempotentProducers()
              ? new IdempotentWriter(shared, i, rate)
              : new PlainWriter(shared, i, rate));
    }
    List<String> groups =
        IntStream.range(0, settings.groups()).mapToObj(i -> "group-" + i).toList();
    for (String group : groups) {
      for (int i = 0; i < settings.membersPerGroup(); i++) {
        readers.add(new Member(shared, group, i));
      }
    }
    if (!groups.isEmpty()) {
      readers.add(new StoredWatcher(shared, groups));
    }
    writers.forEach(Client::start);
    readers.forEach(Client::start);
    if (settings.nodeReaders()) {
      shared.nodes.forEach(this::watch);
    }
  }

  private void watch(NodeAddress node) {
    String suffix = added == 0 ? "" : "-" + added;
    NodeReader reader = new NodeReader(shared, node, "reader-" + node.nodeId() + suffix);
    EndWatcher watcher = new EndWatcher(shared, node, "ends-" + node.nodeId() + suffix);
    readers.add(reader);
    readers.add(watcher);
    reader.start();
    watcher.start();
  }

  /** Tells new clients of this node, too, and reads from its replicas from now on. */
  public void addNode(NodeAddress node) {
    shared.nodes.add(node);
    added++;
    if (shared.settings.nodeReaders()) {
      watch(node);
    }
  }

  /** Does not tell clients of this node any more; who reads from it finds nobody. */
  public void removeNode(int nodeId) {
    shared.nodes.removeIf(node -> node.nodeId() == nodeId);
  }

  /** Records acknowledged so far. */
  public long acknowledged() {
    return shared.acknowledged.get();
  }

  /** Records delivered to members of consumer groups so far. */
  public long delivered() {
    return shared.delivered.get();
  }

  /**
   * Lets what is under way end, for the delivery timeout and a minute at most, then stops readers,
   * too.
   *
   * @throws IllegalStateException when a client does not stop: what it writes is not known
   */
  public void stop() {
    try {
      stop(writers, shared.settings.deliveryTimeout().toMillis() + STOP_MILLIS_MAX);
      Thread.sleep(TimeUnit.SECONDS.toMillis(1)); // so that readers see the last of it
      stop(readers, STOP_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      shared.channels.close();
    }
  }

  private static void stop(List<Client> clients, long millisMax) throws InterruptedException {
    clients.forEach(Client::stop);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
    for (Client client : clients) {
      if (!client.await(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))) {
        throw new IllegalStateException("expected " + client.name() + " to stop, it goes on");
      }
    }
    clients.clear();
  }

  @Override
  public void close() {
    stop();
  }
}
