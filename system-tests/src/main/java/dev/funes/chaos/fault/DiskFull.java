package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.ImageDisk;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Takes the free space of file systems, and gives it back.
 *
 * @param nodes how many at the same time; {@link Integer#MAX_VALUE} for all
 * @param leftMib what is left: nothing, or less than the nodes want to keep free
 */
public record DiskFull(String name, int nodes, int leftMib) implements Fault {
  /** What the node itself may free again while the disk is full: purged files. */
  private static final long SLACK_BYTES = 48L << 20;

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.images(cluster);
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    List<ChaosNode> running = stage.shuffled();
    List<ChaosNode> victims = running.subList(0, Math.min(nodes, running.size()));
    // Nobody may write while one disk is nearly full.
    stage.begin(name, victims, Impact.MAJORITY);
    long free = 0;
    long millis;
    try {
      for (ChaosNode victim : victims) {
        disk(victim).fill((long) leftMib << 20);
        free = Math.max(free, disk(victim).freeBytes());
      }
      millis = stage.hold();
    } finally {
      for (ChaosNode victim : victims) {
        disk(victim).unfill();
      }
    }
    if (free > ((long) leftMib << 20) + SLACK_BYTES) {
      throw new NoEvidenceException(free + " bytes were still free");
    }
    return new Evidence("%d KiB were left for %d ms".formatted(free >> 10, millis));
  }

  private static ImageDisk disk(ChaosNode node) {
    return (ImageDisk) node.disk();
  }
}
