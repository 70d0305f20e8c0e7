package dev.funes.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run has made outside of its directory: processes, mounts, namespaces, links, cgroups. Each
 * is written down in a file before it is made, so that it can be taken away even when the prover
 * itself was killed. Thread-safe.
 */
public final class Leftovers implements AutoCloseable {
  private static final Path REGISTRY =
      Path.of(System.getProperty("java.io.tmpdir"), "funes-chaos-runs");

  private final Path file;

  private Leftovers(Path file) {
    this.file = file;
  }

  /** Begins the list of a run of this process. */
  public static Leftovers begin(String runId) throws IOException {
    Files.createDirectories(REGISTRY);
    Leftovers leftovers = new Leftovers(REGISTRY.resolve(runId));
    long self = ProcessHandle.current().pid();
    leftovers.add("owner", self + " " + ProcFiles.startTicks(self));
    return leftovers;
  }

  /**
   * A process that is about to be waited for; only it, and no later one of that number, is ended.
   */
  public void process(long pid) throws IOException {
    add("process", pid + " " + ProcFiles.startTicks(pid));
  }

  void mount(Path path) throws IOException {
    add("mount", path.toString());
  }

  void namespace(String name) throws IOException {
    add("namespace", name);
  }

  void link(String name) throws IOException {
    add("link", name);
  }

  public void cgroup(Path path) throws IOException {
    add("cgroup", path.toString());
  }

  private synchronized void add(String kind, String what) throws IOException {
    Files.writeString(
        file, kind + " " + what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Takes everything away, newest first. What cannot be taken away stays listed, and is said. */
  @Override
  public synchronized void close() {
    for (String failure : undo(file)) {
      System.err.println("funes-chaos: left behind: " + failure);
    }
  }

  /**
   * Takes away what runs have left whose process is gone.
   *
   * @return a line for each run
   */
  public static List<String> cleanAll() throws IOException {
    List<String> said = new ArrayList<>();
    if (!Files.isDirectory(REGISTRY)) {
      return said;
    }
    try (Stream<Path> files = Files.list(REGISTRY)) {
      for (Path file : files.sorted().toList()) {
        String run = "run " + file.getFileName();
        if (ownerLives(file)) {
          said.add(run + ": is running, left alone");
          continue;
        }
        List<String> failures = undo(file);
        said.add(failures.isEmpty() ? run + ": cleaned" : run + ": left: " + failures);
      }
    }
    return said;
  }

  private static boolean ownerLives(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("owner ")) {
        return lives(line.substring("owner ".length()));
      }
    }
    return false;
  }

  private static List<String> undo(Path file) {
    List<String> failures = new ArrayList<>();
    try {
      if (!Files.exists(file)) {
        return failures;
      }
      for (String line : Files.readAllLines(file).reversed()) {
        int space = line.indexOf(' ');
        try {
          undo(line.substring(0, space), line.substring(space + 1));
        } catch (IOException e) {
          failures.add(line + ": " + e.getMessage());
        }
      }
      if (failures.isEmpty()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return failures;
  }

  private static void undo(String kind, String what) throws IOException {
    switch (kind) {
      case "owner" -> {}
      case "process" -> {
        if (lives(what)) {
          Shell.run("kill", "-9", pidOf(what));
          awaitEnd(what);
        }
      }
      case "mount" -> {
        while (ProcFiles.isMounted(Path.of(what))) {
          if (!Shell.run("umount", what).ok()) {
            Shell.must("umount", "-l", what);
          }
        }
      }
      case "namespace" -> {
        if (Files.exists(Path.of("/run/netns", what))) {
          Shell.must("ip", "netns", "del", what);
        }
      }
      case "link" -> {
        if (Files.exists(Path.of("/sys/class/net", what))) {
          Shell.must("ip", "link", "del", what);
        }
      }
      case "cgroup" -> removeCgroup(Path.of(what));
      default -> throw new IOException("unknown kind " + kind);
    }
  }

  /** Its processes go back to where all others are. */
  public static void removeCgroup(Path cgroup) throws IOException {
    if (!Files.isDirectory(cgroup)) {
      return;
    }
    for (String pid : Files.readAllLines(cgroup.resolve("cgroup.procs"))) {
      Shell.run(List.of("tee", cgroup.resolveSibling("cgroup.procs").toString()), pid);
    }
    Files.delete(cgroup);
  }

  private static boolean lives(String pidAndTicks) throws IOException {
    String ticks = pidAndTicks.substring(pidAndTicks.indexOf(' ') + 1);
    return !ticks.equals("0")
        && ticks.equals(ProcFiles.startTicks(Long.parseLong(pidOf(pidAndTicks))));
  }

  private static void awaitEnd(String pidAndTicks) throws IOException {
    for (int i = 0; i < 100 && lives(pidAndTicks); i++) {
      Shell.pause(50);
    }
  }

  private static String pidOf(String pidAndTicks) {
    return pidAndTicks.substring(0, pidAndTicks.indexOf(' '));
  }
}
