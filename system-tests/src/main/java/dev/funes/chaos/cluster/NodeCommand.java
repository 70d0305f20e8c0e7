package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a node process is started, from the distribution's own launcher. */
public final class NodeCommand {
  // Small: three of them and the load share a machine.
  private static final String JVM_FLAGS = "-Xmx320m -XX:MaxDirectMemorySize=256m";

  private NodeCommand() {}

  static Process start(
      ClusterOptions options, NodeNetwork network, int nodeId, Path config, Path log, boolean join)
      throws IOException {
    List<String> command = new ArrayList<>(network.prefix(nodeId));
    command.addAll(
        List.of(
            options.funes().toString(),
            "server",
            "--config",
            config.toString(),
            "--node",
            Integer.toString(nodeId)));
    if (join) {
      command.add("--join");
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    options
        .environment()
        .forEach((key, value) -> environment.put(key, value.replace("{home}", home(log))));
    environment.put("FUNES_JAVA_OPTS", JVM_FLAGS + classPath(options));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .start();
  }

  private static String home(Path log) {
    return String.valueOf(log.getParent());
  }

  /** The launcher's flags come before these, so this class path stands in for its own. */
  private static String classPath(ClusterOptions options) throws IOException {
    if (options.classPathFront().isEmpty()) {
      return "";
    }
    return " -cp "
        + options.classPathFront().stream().map(Path::toString).collect(Collectors.joining(":"))
        + ":"
        + commandJar(options.funes());
  }

  /** The jar whose manifest names all others. */
  public static Path commandJar(Path funes) throws IOException {
    Path bin = funes.toRealPath().getParent();
    if (bin == null) {
      throw new IOException(funes + " is not in the bin of a distribution");
    }
    try (Stream<Path> jars = Files.list(bin.resolveSibling("lib"))) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith("log-cli-"))
          .findFirst()
          .orElseThrow(() -> new IOException("no log-cli jar beside " + bin));
    }
  }
}
