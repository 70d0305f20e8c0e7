package dev.funes.chaos.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.funes.chaos.history.WorkLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Has {@code funes verify} look at what a stopped node left on its disk. */
final class OfflineFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private OfflineFiles() {}

  static void verify(Path funes, int node, Path data, WorkLog log) {
    // What a node has set aside because it was damaged is kept beside it, and damaged it is.
    String groups = data.resolve("groups").toString();
    try {
      Process process =
          new ProcessBuilder(funes.toString(), "verify", groups, "-f", "json")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      report(node, exit, output, log);
    } catch (IOException e) {
      log.files(node, false, "funes verify could not be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void report(int node, int exit, String output, WorkLog log) throws IOException {
    List<String> problems = new ArrayList<>();
    int partitions = 0;
    for (String line : output.lines().toList()) {
      JsonNode partition = JSON.readTree(line);
      partitions++;
      if (!partition.path("whole").asBoolean()) {
        problems.add(partition.path("directory").asText() + ": " + partition.path("problems"));
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
}
