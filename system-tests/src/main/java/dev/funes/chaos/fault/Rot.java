package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Damages one file of one node while the node is down. The node has to notice when it starts, or
 * reads, or looks through its files, has to say so, and to become whole by itself.
 */
public record Rot(FileKind kind, Damage damage) implements Fault {
  private static final int NOTICE_SECONDS_MAX = 45;

  /** How a node reports damage, in whatever words, in a line of its log. */
  private static final Pattern REPORT =
      Pattern.compile(
          "(?im)^(?!.*scrub (of|ends: 0)).*\\b(damage\\w*|corrupt\\w*|rebuil\\w*|set aside|rejoin\\w*|checksum|repair\\w*"
              + "|not whole|is missing|made again)\\b.*$");

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
    Victim victim = choose(stage);
    ChaosNode node = victim.node();
    Path file = victim.file();
    String where = "node " + node.id() + " " + node.disk().data().relativize(file);
    stage.begin(name(), List.of(node), Impact.MINORITY);
    node.killAndHold();
    long logged = node.logPosition();
    String id = "rot-" + stage.random().nextInt(1_000_000);
    String done;
    byte[] before;
    byte[] after;
    try {
      if (!Files.exists(file)) {
        throw new NoEvidenceException(where + " went before it could be damaged");
      }
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
    if (!report.isEmpty()) {
      stage.history().mark("detected", id + " " + report);
    }
    stage.say("  the node says: " + (report.isEmpty() ? "nothing" : report));
    return new Evidence(where + ": " + done + "; the file is another one");
  }

  private record Victim(ChaosNode node, Path file) {}

  /** A file of this kind, of a node that has one; the oldest ones, which a checkpoint covers. */
  private Victim choose(Stage stage) throws IOException {
    for (int attempt = 0; attempt < 60; attempt++) {
      for (ChaosNode node : stage.shuffled()) {
        List<Path> files = new ArrayList<>(kind.find(node.disk().data()));
        if (!files.isEmpty()) {
          return new Victim(node, files.get(stage.random().nextInt((files.size() + 1) / 2)));
        }
      }
      Shell.pause(1_000);
    }
    throw new NoEvidenceException("no node has a file of the kind " + kind.text());
  }

  private String awaitReport(ChaosNode node, long from, Path file, byte[] before)
      throws IOException {
    for (int i = 0; i < NOTICE_SECONDS_MAX * 2; i++) {
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
      Shell.pause(500);
    }
    return "";
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
