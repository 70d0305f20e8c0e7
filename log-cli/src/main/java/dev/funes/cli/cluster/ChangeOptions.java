package dev.funes.cli.cluster;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Failures;
import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.FunesException;
import dev.funes.client.RaftGroupDescription;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Asks for a change of the cluster, and waits until the cluster has made it. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChangeOptions {
  private static final Duration WAIT_DEFAULT = Duration.ofMinutes(30);
  private static final Duration ASK_EVERY = Duration.ofMillis(500);

  @Mixin private Connection connection;

  @Option(
      names = "--no-wait",
      description = {
        "End as soon as the cluster has stored what is asked; it goes on by itself.",
        "Otherwise wait, for as long as --timeout says, here 30m by default."
      })
  private boolean noWait;

  boolean waits() {
    return !noWait;
  }

  Admin admin() {
    return Admin.open(connection.config().requestTimeout(Connection.DEFAULT_TIMEOUT).build());
  }

  /**
   * Waits until the cluster says that it is done, and says on standard error what goes on
   * meanwhile.
   *
   * @return false when it was not to wait
   */
  boolean await(CommandSpec spec, Admin admin, Predicate<ClusterDescription> isDone)
      throws InterruptedException {
    if (noWait) {
      return false;
    }
    long deadlineNanos = System.nanoTime() + connection.timeout(WAIT_DEFAULT).toNanos();
    PrintWriter err = spec.commandLine().getErr();
    String shown = "";
    while (true) {
      ClusterDescription cluster = describe(admin);
      if (cluster != null && isDone.test(cluster)) {
        return true;
      }
      String now = cluster == null ? "the cluster does not answer" : progress(cluster);
      if (!now.equals(shown) && !now.isEmpty()) {
        shown = now;
        err.println(now);
        err.flush();
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE,
            "not done in time; the cluster goes on with it" + (now.isEmpty() ? "" : ": " + now),
            "funes cluster describe",
            null);
      }
      Thread.sleep(ASK_EVERY);
    }
  }

  private static @Nullable ClusterDescription describe(Admin admin) {
    try {
      return admin.describeCluster();
    } catch (FunesException e) {
      if (Failures.explain(e).exitCode() != ExitCode.UNREACHABLE) {
        throw e;
      }
      return null;
    }
  }

  /** What is under way, in a line. */
  static String progress(ClusterDescription cluster) {
    StringBuilder line = new StringBuilder();
    for (RaftGroupDescription group : cluster.raftGroups()) {
      String state = group.placement().state();
      if (!state.isEmpty()) {
        line.append(line.isEmpty() ? "" : ", ")
            .append(
                group.raftGroup() == 0 ? "metadata raft group" : "raft group " + group.raftGroup())
            .append(": ")
            .append(state);
      }
    }
    int left = cluster.movesLeft();
    if (left > 0) {
      line.append(line.isEmpty() ? "" : "; ")
          .append(left)
          .append(left == 1 ? " move left" : " moves left");
    }
    return line.toString();
  }
}
