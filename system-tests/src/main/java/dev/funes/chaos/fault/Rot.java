package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Damages one file of one node while the node is down. The node has to notice when it starts, or
 * reads, or looks through its files, has to say so, and to become whole by itself.
 */
public record Rot(FileKind kind, Damage damage) implements Fault {
  private static final int NOTICE_SECONDS_MAX = 45;

  /** A node looks through all its segments, and their indexes, a minute after its start. */
  private static final int SCRUB_SECONDS_MAX = 300;

  private static final String SCRUBBED = "scrub ends: ";
  private static final int KILLS_MAX = 5;

  /** How a node reports damage, in whatever words, in a line of its log. */
  private static final Pattern REPORT =
      Pattern.compile(
          "(?im)^(?!.*scrub (of|ends: 0)).*\\b(damage\\w*|corrupt\\w*|rebuil\\w*|set aside|rejoin\\w*|checksum|repair\\w*"
              + "|not whole|is missing|made again|cutting the torn tail)\\b.*$");

  @Override
  public String name() {
    return "rot-" + kind.text() + "-" + damage.text();
  }

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return Needs.nothing();
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode node = choose(stage);
    stage.begin(name(), List.of(node), Impact.MINORITY);
    killWithFile(node, stage);
    long logged = node.logPosition();
    String id = "rot-" + stage.random().nextInt(1_000_000);
    Path file;
    String where;
    String done;
    boolean needed;
    byte[] before;
    byte[] after;
    try {
      List<Path> files = candidates(node);
      // One of the older ones, which a checkpoint covers.
      file = files.get(stage.random().nextInt((files.size() + 1) / 2));
      where = "node " + node.id() + " " + node.disk().data().relativize(file);
      needed = !beginsWithTheFirstEntry(raftLogBeside(node.disk().data(), file, stage));
      before = content(file);
      done = damage.inflict(file, stage.random());
      after = content(file);
      stage.history().mark("rot", id + " " + where + ": " + done);
    } finally {
      node.start();
    }
    if (Arrays.equals(before, after)) {
      throw new NoEvidenceException(where + " is what it was");
    }
    String report = awaitReport(node, logged, file, before);
    if (report.isEmpty() && !needed && damage == Damage.DELETE) {
      report = "nothing: it did not need the file, its Raft log begins with the first entry";
    }
    if (!report.isEmpty()) {
      stage.history().mark("detected", id + " " + report);
    }
    stage.say("  the node says: " + (report.isEmpty() ? "nothing" : report));
    return new Evidence(where + ": " + done + "; the file is another one");
  }

  /**
   * The files of this kind. Without the first file of a Raft log when one is to go: the log begins
   * later then, as after every purge, and what a checkpoint covers is not needed.
   */
  private List<Path> candidates(ChaosNode node) throws IOException {
    List<Path> files = kind.find(node.disk().data());
    if (kind != FileKind.RAFT_LOG || damage != Damage.DELETE) {
      return files;
    }
    return files.stream()
        .filter(
            file ->
                files.stream()
                    .anyMatch(
                        other ->
                            Objects.equals(other.getParent(), file.getParent())
                                && firstEntry(other) < firstEntry(file)))
        .toList();
  }

  /** Of {@code log_FIRST-LAST}. */
  private static long firstEntry(Path file) {
    String name = String.valueOf(file.getFileName());
    return Long.parseLong(name.substring("log_".length(), name.indexOf('-')));
  }

  /** A running node that has a file of this kind. */
  private ChaosNode choose(Stage stage) throws IOException {
    for (int attempt = 0; attempt < 60; attempt++) {
      for (ChaosNode node : stage.shuffled()) {
        if (!candidates(node).isEmpty()) {
          return node;
        }
      }
      Shell.pause(1_000);
    }
    throw new NoEvidenceException("no node has a file of the kind " + kind.text());
  }

  /** Kills the node in a moment in which it has a file of this kind; many come and go. */
  private void killWithFile(ChaosNode node, Stage stage) throws IOException {
    for (int attempt = 0; attempt < KILLS_MAX; attempt++) {
      node.killAndHold();
      if (!candidates(node).isEmpty()) {
        return;
      }
      node.start();
      stage.cluster().awaitWhole();
    }
    throw new NoEvidenceException(
        "node %d, killed %d times, had no file of the kind %s"
            .formatted(node.id(), KILLS_MAX, kind.text()));
  }

  private String awaitReport(ChaosNode node, long from, Path file, byte[] before)
      throws IOException {
    boolean scrubbed = kind == FileKind.SEGMENT || kind == FileKind.INDEX;
    int seconds = scrubbed ? SCRUB_SECONDS_MAX : NOTICE_SECONDS_MAX;
    for (int i = 0; i < seconds * 2; i++) {
      byte[] all = Files.readAllBytes(node.log());
      String news = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
      Matcher matcher = REPORT.matcher(news);
      if (matcher.find()) {
        return matcher.group().strip();
      }
      if (isDropped(file, news)) {
        return "nothing: it did not need the file, and has dropped it";
      }
      if (isWrittenAnew(file, before)) {
        return "nothing: it did not trust the file, and has written it anew";
      }
      if (scrubbed && news.contains(SCRUBBED)) {
        return "";
      }
      Shell.pause(500);
    }
    return "";
  }

  /**
   * The Raft log that has all that is in the file, when it is whole; null for files that are not
   * made of one alone.
   */
  private @Nullable Path raftLogBeside(Path data, Path file, Stage stage) {
    return switch (kind) {
      case RAFT_CONFIGURATION -> file.getParent();
      case METADATA_SNAPSHOT -> {
        String name = "funes/" + stage.cluster().clusterId() + "/0";
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        yield data.resolve("raft").resolve(id.toString()).resolve("current");
      }
      default -> null;
    };
  }

  private static boolean beginsWithTheFirstEntry(@Nullable Path raftLog) throws IOException {
    if (raftLog == null) {
      return false;
    }
    try (Stream<Path> files = Files.list(raftLog)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.startsWith("log_0-") || name.equals("log_inprogress_0"));
    }
  }

  /** Old files of a Raft log that a checkpoint covers go at the start, whatever is in them. */
  private boolean isDropped(Path file, String news) {
    String raftGroup = String.valueOf(file.getName(file.getNameCount() - 3));
    return kind == FileKind.RAFT_LOG
        && !Files.exists(file)
        && news.contains("files of the Raft log in ")
        && news.contains(raftGroup);
  }

  /** What is after a checkpoint is written again from the Raft log, whatever was there. */
  private boolean isWrittenAnew(Path file, byte[] before) throws IOException {
    if (kind != FileKind.SEGMENT && kind != FileKind.INDEX) {
      return false;
    }
    byte[] now = content(file);
    return now.length >= before.length
        && Arrays.equals(now, 0, before.length, before, 0, before.length);
  }

  private static byte[] content(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
  }
}
