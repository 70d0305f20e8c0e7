package dev.funes.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One node in a process of its own, which can be killed as a crash would kill it. */
final class NodeProcess {
  private final Path config;
  private final int id;
  private final Path log;
  private Process process;

  private NodeProcess(Path config, int id, Path log, Process process) {
    this.config = config;
    this.id = id;
    this.log = log;
    this.process = process;
  }

  static NodeProcess start(Path config, int id, Path directory) throws IOException {
    Path log = directory.resolve("node-" + id + ".out");
    return new NodeProcess(config, id, log, launch(config, id, log));
  }

  /** With the classes that this test runs on. */
  private static Process launch(Path config, int id, Path log) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Funes.class.getName(),
                "server",
                "--config",
                config.toString(),
                "--node",
                Integer.toString(id)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())))
        .start();
  }

  /** SIGKILL: nothing is flushed, nothing is said. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  void restart() throws IOException {
    process = launch(config, id, log);
  }

  /** SIGTERM: the node ends in order. False when it took longer than half a minute. */
  boolean stop() throws InterruptedException {
    process.destroy();
    return process.waitFor(30, TimeUnit.SECONDS);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Path log() {
    return log;
  }
}
