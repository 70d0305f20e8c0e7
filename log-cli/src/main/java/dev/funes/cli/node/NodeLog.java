package dev.funes.cli.node;

import java.util.logging.Level;
import java.util.logging.Logger;

/** What a node's libraries may say outside of its own log, which conf/logback.xml arranges. */
final class NodeLog {
  // Held here, since the level goes when the logger is collected.
  private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.NettyServerHandler");

  private NodeLog() {}

  /** gRPC writes to java.util.logging, and tells there of things that are as they should be. */
  static void quieten() {
    Logger.getLogger("").setLevel(Level.WARNING);
    // A client that goes away in the middle of an answer is worth no forty lines.
    STREAMS.setLevel(Level.SEVERE);
  }
}
