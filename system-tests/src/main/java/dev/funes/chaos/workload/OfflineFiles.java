package dev.funes.chaos.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Has {@code funes verify} look at what a stopped node left on its disk. */
final class OfflineFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A partition's folder: topic, partition, and the id of the topic. */
  private static final Pattern FOLDER = Pattern.compile("(.+)-(\\d{1,9})\\.\\d+");

  private OfflineFiles() {}

  static void verify(
      Path funes, int node, Path data, Map<TopicPartition, Integer> numbers, WorkLog log) {
    // What a node has set aside because it was damaged is kept beside it, and damaged it is.
    String groups = data.resolve("groups").toString();
    String every = Integer.toString(Op.Piece.OFFSETS);
    try {
      Process process =
          new ProcessBuilder(
                  funes.toString(), "verify", groups, "--digest-every", every, "-f", "json")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      report(node, exit, output, numbers, log);
    } catch (IOException e) {
      log.files(node, false, "funes verify could not be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void report(
      int node, int exit, String output, Map<TopicPartition, Integer> numbers, WorkLog log)
      throws IOException {
    List<String> problems = new ArrayList<>();
    int partitions = 0;
    for (String line : output.lines().toList()) {
      JsonNode partition = JSON.readTree(line);
      partitions++;
      if (!partition.path("whole").asBoolean()) {
        problems.add(partition.path("directory").asText() + ": " + partition.path("problems"));
      }
      Matcher name = FOLDER.matcher(partition.path("partition").asText());
      Integer part =
          name.matches()
              ? numbers.get(new TopicPartition(name.group(1), Integer.parseInt(name.group(2))))
              : null;
      if (part != null) {
        log.replica(replica(node, part, partition));
      }
    }
    boolean clean = problems.isEmpty() && exit == 0;
    log.files(
        node,
        clean,
        clean
            ? partitions + " partitions are whole"
            : "exit code %d, %s".formatted(exit, problems));
  }

  private static Op.Replica replica(int node, int part, JsonNode partition) {
    List<Op.Piece> pieces = new ArrayList<>();
    for (JsonNode piece : partition.path("digests")) {
      pieces.add(
          new Op.Piece(
              piece.path("startOffset").asLong(),
              piece.path("endOffset").asLong(),
              piece.path("sha256").asText()));
    }
    return new Op.Replica(
        0,
        node,
        part,
        "files",
        partition.path("startOffset").asLong(),
        partition.path("endOffset").asLong(),
        partition.path("sha256").asText(),
        partition.path("bytes").asLong(-1),
        pieces);
  }
}
