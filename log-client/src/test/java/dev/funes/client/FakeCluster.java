package dev.funes.client;

import dev.funes.proto.v1.ProduceRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Nodes on loopback over one log in memory, with faults on demand. */
final class FakeCluster implements AutoCloseable {
  final Map<TopicPartition, FakePartition> partitions = new ConcurrentHashMap<>();
  final Map<String, Integer> topics = new ConcurrentHashMap<>();
  final Map<String, Map<TopicPartition, Long>> offsets = new ConcurrentHashMap<>();
  final AtomicLong lastProducerId = new AtomicLong();
  final AtomicInteger fetchesStarted = new AtomicInteger();
  final AtomicInteger responsesSent = new AtomicInteger();
  final List<FakeNode> nodes = new ArrayList<>();
  final FakeGroup group = new FakeGroup();

  /** Asked once for every produce request. */
  volatile Function<ProduceRequest, Fault> faults = request -> Fault.NONE;

  /** How many of the next unary requests are refused as "no leader". */
  final AtomicInteger unavailable = new AtomicInteger();

  /** How far behind the end the replica of a node is when it serves fetches, in records. */
  volatile int replicaLag;

  /** Breaks a fetch stream after so many responses; 0: never. */
  volatile int breakFetchAfter;

  private volatile int leader = 0;
  private volatile @Nullable FakeNode cutOff;

  static FakeCluster start(int nodeCount) throws IOException {
    FakeCluster cluster = new FakeCluster();
    for (int i = 0; i < nodeCount; i++) {
      cluster.nodes.add(FakeNode.start(cluster, i));
    }
    return cluster;
  }

  FakeCluster topic(String name, int partitionCount) {
    topics.put(name, partitionCount);
    for (int i = 0; i < partitionCount; i++) {
      partitions.put(new TopicPartition(name, i), new FakePartition());
    }
    return this;
  }

  ClientConfig.Builder config() {
    return ClientConfig.builder()
        .servers(
            nodes.stream().map(node -> node.address().toString()).collect(Collectors.joining(",")));
  }

  @Nullable FakePartition partition(String topic, int partition) {
    return partitions.get(new TopicPartition(topic, partition));
  }

  FakePartition existing(String topic, int partition) {
    FakePartition found = partition(topic, partition);
    if (found == null) {
      throw new AssertionError("no partition " + partition + " of " + topic);
    }
    return found;
  }

  FakeNode leader() {
    return nodes.get(leader);
  }

  void moveLeader() {
    leader = (leader + 1) % nodes.size();
  }

  /** Another node leads, and the one that led until now knows of no leader. */
  void cutOffLeader() {
    cutOff = leader();
    moveLeader();
  }

  boolean isCutOff(FakeNode node) {
    return node.equals(cutOff);
  }

  /** All nodes go; nobody listens at their addresses. */
  void stopNodes() throws InterruptedException {
    for (FakeNode node : nodes) {
      node.stopped();
    }
  }

  /** They come back, at the same addresses. */
  void restartNodes() throws IOException {
    for (int i = 0; i < nodes.size(); i++) {
      nodes.set(i, FakeNode.start(this, i, nodes.get(i).address().port()));
    }
  }

  @Override
  public void close() {
    nodes.forEach(FakeNode::stop);
  }
}
