package dev.funes.chaos.workload;

import dev.funes.chaos.history.Limits;
import dev.funes.chaos.history.RunInfo;
import dev.funes.client.NodeAddress;
import dev.funes.client.ServerAddress;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Small runs against a cluster in this process. */
final class Runs {
  private Runs() {}

  static List<NodeAddress> nodes(FunesCluster cluster) {
    List<NodeAddress> nodes = new ArrayList<>();
    for (ServerAddress address : ServerAddress.parseAll(cluster.addresses())) {
      nodes.add(new NodeAddress(nodes.size() + 1, address.host(), address.port()));
    }
    return List.copyOf(nodes);
  }

  static WorkloadSettings settings(String topic) {
    return new WorkloadSettings(
        List.of(RunInfo.TopicPlan.of(topic, 3, 1 << 20)),
        2,
        1,
        300,
        256,
        1,
        2,
        true,
        Duration.ofSeconds(30));
  }

  static RunInfo info(WorkloadSettings settings, long seed) {
    return new RunInfo(
        (int) seed,
        seed,
        "test",
        System.currentTimeMillis(),
        settings.topics(),
        settings.idempotent(),
        new Limits(30_000, 30_000, 30_000, 10, 60), // a slow machine is no violation here
        "");
  }
}
