package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps is replaced by an older copy of itself: the node is killed, a copy is made, the
 * node works for a while, is killed again, and gets the copy back. It has to notice, or to make up
 * for it from its Raft log, and to be whole by itself.
 *
 * <p>The Raft log and {@code raft-meta} are left as they are: a voter that forgets is what no
 * promise covers.
 */
public record OldCopy(What what) implements Fault {
  private static final long AGE_MILLIS_MIN = 8_000;

  /** What goes back in time. */
  public enum What {
    /** One segment. */
    SEGMENT(FileKind.SEGMENT),
    /** All of what the raft groups keep beside their Raft logs, indexes and metadata included. */
    STATE(null);

    private final @Nullable FileKind kind;

    What(@Nullable FileKind kind) {
      this.kind = kind;
    }

    /** What to copy, relative to the data directory; none when the node has nothing of it yet. */
    private List<Path> paths(Path data) throws IOException {
      if (kind == null) {
        return Files.isDirectory(data.resolve("groups")) ? List.of(Path.of("groups")) : List.of();
      }
      List<Path> paths = new ArrayList<>();
      kind.find(data).forEach(file -> paths.add(data.relativize(file)));
      return paths;
    }
  }

  @Override
  public String name() {
    return "old-copy-" + what.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode node = stage.shuffled().getFirst();
    Path data = node.disk().data();
    Path copies = node.log().resolveSibling("copies");
    stage.begin(name(), List.of(node), Impact.MINORITY);
    node.killAndHold();
    List<Path> paths;
    try {
      paths = what.paths(data);
      if (paths.isEmpty()) {
        throw new NoEvidenceException("node " + node.id() + " has nothing of that kind");
      }
      for (Path path : paths) {
        copy(data.resolve(path), copies.resolve(path));
      }
    } finally {
      node.start();
    }
    long begin = System.nanoTime();
    stage.cluster().awaitWhole();
    Shell.pause(AGE_MILLIS_MIN + stage.holdMillis());
    node.killAndHold();
    try {
      Path old = putBack(paths, data, copies, stage);
      return new Evidence(
          "node %d has %s as it was %d s before"
              .formatted(node.id(), old, (System.nanoTime() - begin) / 1_000_000_000L));
    } finally {
      Shell.must("rm", "-rf", copies.toString());
      node.start();
    }
  }

  /** One of those that are there still and have changed. */
  private static Path putBack(List<Path> paths, Path data, Path copies, Stage stage)
      throws IOException {
    List<Path> order = new ArrayList<>(paths);
    Collections.shuffle(order, new Random(stage.random().nextLong()));
    for (Path path : order) {
      Path now = data.resolve(path);
      if (Files.exists(now)
          && !Shell.run("diff", "-rq", now + "", copies.resolve(path) + "").ok()) {
        Shell.must("rm", "-rf", now.toString());
        copy(copies.resolve(path), now);
        return path;
      }
    }
    throw new NoEvidenceException("nothing of that kind has changed meanwhile");
  }

  private static void copy(Path from, Path to) throws IOException {
    Path parent = to.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Shell.must("cp", "-a", from.toString(), to.toString());
  }
}
