package dev.funes.cli.node;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Interruption;
import dev.funes.raft.FatalErrors;
import dev.funes.raft.FatalHandler;
import dev.funes.server.FunesNode;
import dev.funes.server.NodeConfig;
import dev.funes.server.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code funes server}. */
@Command(
    name = "server",
    description = {
      "Run one node of a cluster until it is stopped.",
      "FILE is the same on every node; conf/cluster.yaml of the distribution explains it."
    },
    footer = {
      "%nExamples:",
      "  funes server --config cluster.yaml --node 1",
      "  funes server --config cluster.yaml --node 4 --join",
      "  FUNES_JAVA_OPTS=-Xmx4g funes server --config /etc/funes/cluster.yaml --node 2"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class ServerCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration of the cluster, in YAML.")
  private Path config;

  @Option(
      names = "--node",
      required = true,
      paramLabel = "ID",
      description = "Which of its nodes to run.")
  private int node;

  @Option(
      names = "--join",
      description = {
        "Come to a cluster that is there already, and wait to be added: funes cluster add-node.",
        "FILE names at least one of its nodes beside this one."
      })
  private boolean join;

  @Override
  public Integer call() throws InterruptedException {
    NodeLog.quieten();
    if (!Files.exists(config)) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "--config: no such file: " + config);
    }
    FunesNode running = start();
    try (Interruption _ = Interruption.listen(running::close)) {
      running.awaitTermination();
    }
    return ExitCode.OK;
  }

  private FunesNode start() {
    FatalHandler halt = FatalHandler.halt();
    Thread.setDefaultUncaughtExceptionHandler(new FatalErrors(halt));
    try {
      return FunesNode.start(NodeConfig.load(config, node, join), halt);
    } catch (StartException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }
}
