package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cli.console.StandardStreams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/**
 * Does once what users do, against a node of its own, so that the JVM that watches can keep the
 * classes for the start-up cache. Run when the distribution is built; prints nothing.
 */
final class WarmUp {
  private static final int RAFT_PORT_DISTANCE = 10;
  private static final int TRIES = 20;
  private static final int PORT_MAX = 65_535 - RAFT_PORT_DISTANCE;

  private WarmUp() {}

  /** The one argument is a folder for the node's data. */
  public static void main(String[] args) throws IOException {
    Funes.silenceLogging();
    int port = freePort();
    String server = "127.0.0.1:" + port;
    // In a process of its own: its classes would be loaded by every client command from then on.
    Process node = startNode(port, args[0]);
    try {
      for (List<String> command : commands()) {
        run(command, server);
      }
    } finally {
      node.destroyForcibly();
    }
    // The client's libraries may keep threads; nothing here is worth waiting for.
    System.exit(0);
  }

  private static Process startNode(int port, String data) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Funes.class.getName(),
            "dev",
            "--nodes",
            "1",
            "--port",
            Integer.toString(port),
            "--data",
            data)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<List<String>> commands() {
    return List.of(
        List.of("--version"),
        List.of("cluster", "status", "--wait-healthy", "--timeout", "60s"),
        List.of("topic", "create", "t", "-p", "2"),
        List.of("topic", "list"),
        List.of("topic", "list", "-f", "json"),
        List.of("topic", "describe", "t"),
        List.of("produce", "t", "-K", ":"),
        List.of("produce", "t", "k:v", "-K", ":", "-H", "h=v", "--compression", "zstd"),
        List.of("consume", "t", "-e"),
        List.of("consume", "t", "-e", "-f", "json", "-g", "g"),
        List.of("offsets", "show", "g"),
        List.of("offsets", "reset", "g", "--to", "start", "--dry-run"),
        List.of("cluster", "describe"),
        List.of("consume", "none", "-e"));
  }

  private static void run(List<String> command, String server) {
    String[] args = command.toArray(new String[command.size() + 2]);
    args[command.size()] = "--server";
    args[command.size() + 1] = server;
    if (command.size() == 1) {
      args = command.toArray(String[]::new);
    }
    CommandLine commandLine =
        FunesCommandLine.create(
            args,
            new StandardStreams(
                new ByteArrayInputStream("a:1\nb:2\n".getBytes(UTF_8)),
                OutputStream.nullOutputStream()));
    commandLine.setErr(new PrintWriter(Writer.nullWriter()));
    commandLine.execute(args);
  }

  /** A port that is free, like the one that the node takes for its peers. */
  private static int freePort() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (first.getLocalPort() <= PORT_MAX && isFree(first.getLocalPort() + RAFT_PORT_DISTANCE)) {
          return first.getLocalPort();
        }
      }
    }
    throw new IOException("no free ports");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
