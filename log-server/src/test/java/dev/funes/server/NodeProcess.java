package dev.funes.server;

import dev.funes.raft.FatalErrors;
import dev.funes.raft.FatalHandler;
import java.nio.file.Path;

/** The main class of a node that a test runs as a process of its own. */
final class NodeProcess {
  private NodeProcess() {}

  /** Takes the configuration file and the node's id. */
  public static void main(String[] arguments) throws InterruptedException {
    NodeConfig config = NodeConfig.load(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    FatalHandler halt = FatalHandler.halt();
    Thread.setDefaultUncaughtExceptionHandler(new FatalErrors(halt));
    FunesNode.start(config, halt).awaitTermination();
  }
}
