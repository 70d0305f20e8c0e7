package dev.funes.chaos.workload;

import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.NodeAddress;
import dev.funes.client.ServerAddress;
import dev.funes.client.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What the processes of a workload have in common. Thread-safe. */
final class Shared {
  final WorkloadSettings settings;
  final RunInfo info;
  final Path dir;
  final RunClock clock;
  final Channels channels = new Channels();
  final List<NodeAddress> nodes;
  final List<TopicPartition> partitions;
  final Map<TopicPartition, Integer> numbers;
  final AtomicLong acknowledged = new AtomicLong();
  final AtomicLong delivered = new AtomicLong();

  Shared(
      List<NodeAddress> nodes, WorkloadSettings settings, RunInfo info, Path dir, RunClock clock) {
    this.nodes = new CopyOnWriteArrayList<>(nodes);
    this.settings = settings;
    this.info = info;
    this.dir = dir;
    this.clock = clock;
    this.partitions = info.partitions();
    this.numbers = Map.copyOf(info.numbers());
  }

  List<ServerAddress> servers() {
    return nodes.stream().map(NodeAddress::server).toList();
  }

  WorkLog log(String process) {
    return WorkLog.open(dir, process, clock);
  }
}
