package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.Bridge;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ImageDisk;
import java.util.Optional;

/** Reasons why a fault cannot be inflicted here. */
final class Needs {
  private Needs() {}

  static Optional<String> nothing() {
    return Optional.empty();
  }

  static Optional<String> networks(ChaosCluster cluster) {
    return cluster.network() instanceof Bridge
        ? Optional.empty()
        : Optional.of("the nodes have no networks of their own " + cluster.machine().lacks());
  }

  static Optional<String> faultyDevices(ChaosCluster cluster) {
    boolean all =
        cluster.nodes().stream()
            .allMatch(node -> node.disk() instanceof ImageDisk disk && disk.device().isPresent());
    return all ? Optional.empty() : Optional.of("no nbdkit, nbdfuse or /dev/fuse, or not root");
  }

  static Optional<String> images(ChaosCluster cluster) {
    return cluster.machine().images()
        ? Optional.empty()
        : Optional.of("the nodes have no file systems of their own " + cluster.machine().lacks());
  }
}
