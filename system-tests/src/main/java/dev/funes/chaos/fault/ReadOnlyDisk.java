package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.ImageDisk;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The kernel gives up the file system of a running node, as after an error of the device: it is
 * read-only from then on. The node has to end; it is repaired while the node is down.
 */
public record ReadOnlyDisk(String name) implements Fault {
  private static final long END_MILLIS_MAX = 30_000;

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.images(cluster);
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode victim = stage.shuffled().getFirst();
    ImageDisk disk = (ImageDisk) victim.disk();
    stage.begin(name, List.of(victim), Impact.MINORITY);
    int exits = victim.exits().size();
    String refusal;
    long millis;
    try {
      disk.turnReadOnly();
      refusal = refusal(disk.mount());
      millis = awaitEnd(stage, victim, exits);
    } finally {
      victim.killAndHold();
      disk.repair();
      victim.start();
    }
    if (refusal.isEmpty()) {
      throw new NoEvidenceException("the file system took a new file");
    }
    return new Evidence(
        "a new file was refused (" + refusal + "); the node ended after " + millis + " ms");
  }

  private static String refusal(Path mount) {
    try {
      Files.writeString(mount.resolve("probe"), "?");
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** A node that cannot write may not stay half alive. */
  private static long awaitEnd(Stage stage, ChaosNode victim, int exits) throws IOException {
    long begin = System.nanoTime();
    long millis = 0;
    while (victim.exits().size() == exits) {
      if (millis > END_MILLIS_MAX) {
        stage.history().mark("red", "node %d goes on without a disk".formatted(victim.id()));
        break;
      }
      Shell.pause(50);
      millis = (System.nanoTime() - begin) / 1_000_000;
    }
    return millis;
  }
}
