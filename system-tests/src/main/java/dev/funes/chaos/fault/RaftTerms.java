package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The terms that a node has on its disk: they may never go back, or it could vote twice. */
final class RaftTerms {
  /** A term that was written so long ago has been acted upon, so it must be durable. */
  private static final long SETTLED_MILLIS = 1_000;

  private RaftTerms() {}

  /** By raft group; only those that were written a while ago. */
  static Map<String, Long> settled(Path data) throws IOException {
    return read(data, System.currentTimeMillis() - SETTLED_MILLIS);
  }

  /** Notes a violation when a term is less than it was. */
  static void compare(Stage stage, ChaosNode node, Map<String, Long> before) throws IOException {
    Map<String, Long> after = read(node.disk().data(), Long.MAX_VALUE);
    before.forEach(
        (raftGroup, term) -> {
          long now = after.getOrDefault(raftGroup, -1L);
          if (now < term) {
            String what =
                "node %d, raft group %s: term %d before the power loss, %d after it"
                    .formatted(node.id(), raftGroup, term, now);
            stage.say(what);
            stage.history().mark("red", what);
          }
        });
  }

  private static Map<String, Long> read(Path data, long writtenBeforeMillis) throws IOException {
    Map<String, Long> terms = new TreeMap<>();
    Path raft = data.resolve("raft");
    if (!Files.isDirectory(raft)) {
      return terms;
    }
    try (Stream<Path> raftGroups = Files.list(raft)) {
      for (Path raftGroup : raftGroups.toList()) {
        Path meta = raftGroup.resolve("current").resolve("raft-meta");
        try (Reader reader = Files.newBufferedReader(meta)) {
          Properties properties = new Properties();
          properties.load(reader);
          String term = properties.getProperty("term");
          if (term != null && Files.getLastModifiedTime(meta).toMillis() < writtenBeforeMillis) {
            terms.put(raftGroup.getFileName().toString(), Long.parseLong(term));
          }
        } catch (FileSystemException e) {
          // Not a raft group, or one without a term.
        }
      }
    }
    return terms;
  }
}
