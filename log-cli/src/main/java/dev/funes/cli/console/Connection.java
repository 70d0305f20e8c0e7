package dev.funes.cli.console;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The options that say where the cluster is; every command that talks to one has them. */
public final class Connection {
  /** How long a request may take when the user does not say. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  @Option(
      names = {"-s", "--server"},
      paramLabel = "HOST:PORT",
      defaultValue = "${env:FUNES_SERVER:-localhost:7070}",
      showDefaultValue = Visibility.NEVER,
      description =
          "Nodes of the cluster, with commas between them; one is enough. Default: FUNES_SERVER,"
              + " else localhost:7070.")
  private String servers = "";

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long to wait for an answer, such as 500ms or 30s. Default: 10s.")
  private @Nullable Duration timeout;

  /** A configuration for these nodes, for the command to complete. */
  public ClientConfig.Builder config() {
    // The client's libraries would tell users of connections that are tried again anyway.
    Logger.getLogger("").setLevel(Level.OFF);
    return ClientConfig.builder().servers(addresses()).requestTimeout(timeout(DEFAULT_TIMEOUT));
  }

  /** Opens an admin client; the caller closes it. */
  public Admin admin() {
    return Admin.open(config().build());
  }

  /** What {@code --timeout} said, or the given default. */
  public Duration timeout(Duration absent) {
    return timeout == null ? absent : timeout;
  }

  private List<ServerAddress> addresses() {
    try {
      return ServerAddress.parseAll(servers);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--" + e.getMessage(), null, e);
    }
  }
}
