package dev.funes.chaos.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run finds the distribution and leaves its traces; options of several commands. */
public final class Places {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where the run leaves its history. Default: a new folder below system-tests/target/chaos.")
  private @Nullable Path chosenDirectory;

  @Option(
      names = "--funes",
      paramLabel = "PATH",
      description =
          "The command funes of the distribution under test. Default: the one built from this checkout.")
  private @Nullable Path chosenFunes;

  @Option(names = "--plain", description = "Loopback and plain directories, as without root.")
  private boolean plain;

  @Option(
      names = "--keep-data",
      description = "Keep the disks of the nodes even when all is green.")
  private boolean keepData;

  boolean plain() {
    return plain;
  }

  boolean keepData() {
    return keepData;
  }

  /** A new folder for the run, or the one that was chosen; IOException when it has a history. */
  public Path directory(String scenario, long seed) throws IOException {
    Path directory = chosenDirectory;
    if (directory == null) {
      String name =
          LocalDateTime.now(ZoneId.systemDefault()).format(TIME) + "-" + scenario + "-" + seed;
      directory = root().resolve("system-tests/target/chaos").resolve(name);
    }
    if (Files.exists(directory.resolve("history"))) {
      throw new IOException(directory + " has the history of another run");
    }
    return Files.createDirectories(directory).toRealPath();
  }

  /** The launcher; IOException when there is none. */
  public Path funes() throws IOException {
    Path given = chosenFunes;
    String property = System.getProperty("funes.chaos.funes");
    if (given == null && property != null) {
      given = Path.of(property);
    }
    if (given != null) {
      if (!Files.isExecutable(given)) {
        throw new IOException(given + " is not a command");
      }
      return given.toRealPath();
    }
    Path target = root().resolve("log-cli/target");
    if (Files.isDirectory(target)) {
      try (Stream<Path> folders = Files.list(target)) {
        Path built =
            folders
                .map(folder -> folder.resolve("bin/funes"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (built != null) {
          return built.toRealPath();
        }
      }
    }
    throw new IOException(
        "no distribution below " + target + ": mvn -DskipTests package, or --funes");
  }

  private static Path root() {
    return Path.of(System.getProperty("funes.chaos.root", ".")).toAbsolutePath().normalize();
  }
}
