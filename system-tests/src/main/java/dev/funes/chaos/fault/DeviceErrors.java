package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.FaultyDevice;
import dev.funes.chaos.cluster.ImageDisk;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The block device below one node's file system fails every write. What the kernel makes of that is
 * what a node meets when a disk dies: a force fails once, and the next one may not. The node has to
 * end; the device is healed and the file system repaired while it is down.
 */
public record DeviceErrors(String name) implements Fault {
  private static final long END_MILLIS_MAX = 60_000;

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.faultyDevices(cluster);
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode victim = stage.shuffled().getFirst();
    ImageDisk disk = (ImageDisk) victim.disk();
    FaultyDevice device = disk.device().orElseThrow();
    stage.begin(name, List.of(victim), Impact.MINORITY);
    int exits = victim.exits().size();
    long before = device.failed();
    long millis = -1;
    try {
      device.failWrites(true);
      millis = awaitEnd(victim, exits);
      if (millis < 0) {
        stage
            .history()
            .mark("red", "node %d goes on with a device that fails".formatted(victim.id()));
      }
    } finally {
      victim.killAndHold();
      device.failWrites(false);
      disk.repair();
      victim.start();
    }
    long failed = device.failed() - before;
    if (failed == 0) {
      throw new NoEvidenceException("no write of the device failed");
    }
    return new Evidence(
        "%d writes of the device failed; the node ended after %d ms".formatted(failed, millis));
  }

  /** How long it took; -1: it did not end. */
  private static long awaitEnd(ChaosNode victim, int exits) throws IOException {
    long begin = System.nanoTime();
    while (true) {
      long millis = (System.nanoTime() - begin) / 1_000_000;
      if (victim.exits().size() > exits) {
        return millis;
      }
      if (millis > END_MILLIS_MAX) {
        return -1;
      }
      Shell.pause(20);
    }
  }
}
