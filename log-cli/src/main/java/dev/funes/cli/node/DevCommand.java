package dev.funes.cli.node;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Interruption;
import dev.funes.server.DevCluster;
import dev.funes.server.StartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code funes dev}. */
@Command(
    name = "dev",
    description = {
      "Run a whole cluster in this process, for development. Ctrl-C ends it.",
      "What is written is gone at the end, unless --data names a folder."
    },
    footer = {
      "%nExamples:",
      "  funes dev",
      "  funes dev --nodes 1 --port 9000",
      "  funes dev --data ~/funes-data"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class DevCommand implements Callable<Integer> {
  private static final int NODES_MAX = 9;
  private static final int DEFAULT_PORT = 7070;
  private static final int PORT_MAX = 65_535 - 2 * (NODES_MAX + 1);
  private static final long LEADERS_MILLIS_MAX = 60_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many nodes, 1 to 9. Default: ${DEFAULT-VALUE}.")
  private int nodes;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data is kept. Default: a temporary folder.")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + DEFAULT_PORT,
      description = "The port of the first node; the others have the next ones. Default: 7070.")
  private int port;

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeLog.quieten();
    if (nodes < 1 || nodes > NODES_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--nodes: " + nodes + " is not between 1 and " + NODES_MAX);
    }
    if (port < 1 || port > PORT_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--port: " + port + " is not between 1 and " + PORT_MAX);
    }
    CountDownLatch ended = new CountDownLatch(1);
    // Listens before the start and until the folder is gone, so that Ctrl-C leaves none behind.
    try (Interruption interruption = Interruption.listen(ended::countDown)) {
      Path directory = data == null ? Files.createTempDirectory("funes-dev") : data;
      try {
        run(directory, interruption, ended);
      } finally {
        if (data == null) {
          delete(directory);
        }
      }
    }
    return ExitCode.OK;
  }

  private void run(Path directory, Interruption interruption, CountDownLatch ended)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (DevCluster cluster = start(directory)) {
      if (!cluster.awaitLeaders(LEADERS_MILLIS_MAX) && !interruption.isRequested()) {
        throw new CommandFailure(ExitCode.UNHEALTHY, "the cluster found no leaders in a minute");
      }
      printWelcome(cluster.addresses(), directory, out);
      ended.await();
    }
  }

  private DevCluster start(Path directory) {
    try {
      return DevCluster.start(nodes, directory, port);
    } catch (StartException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  private void printWelcome(List<String> addresses, Path directory, PrintWriter out) {
    String server = port == DEFAULT_PORT ? "" : "export FUNES_SERVER=localhost:" + port + "\n  ";
    out.printf(
        """
        %d node%s up: %s
        data in %s%s

        In another terminal:
          %sfunes topic create greetings --partitions 3
          echo hello | funes produce greetings
          funes consume greetings -e
          funes cluster describe

        Ctrl-C ends the cluster.
        """,
        nodes,
        nodes == 1 ? " is" : "s are",
        String.join(", ", addresses),
        directory,
        data == null ? ", and gone at the end (--data DIR keeps it)" : "",
        server);
    out.flush();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
