package dev.funes.cli.cluster;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Failures;
import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.FunesException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks the cluster how it fares, once or until it is healthy. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class HealthOptions {
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);
  private static final Duration ASK_EVERY = Duration.ofMillis(250);
  private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

  @Mixin private Connection connection;

  @Option(
      names = "--wait-healthy",
      description =
          "Wait until the cluster is healthy and all replicas have caught up (none is more than 50 Raft"
              + " entries behind), for as long as --timeout says, here 60s by default.")
  private boolean waitHealthy;

  /** The last answer: healthy and caught up, unless the wait was too short or not asked for. */
  ClusterDescription ask() throws InterruptedException {
    if (!waitHealthy) {
      try (Admin admin = connection.admin()) {
        return admin.describeCluster();
      }
    }
    long deadlineNanos = System.nanoTime() + connection.timeout(DEFAULT_WAIT).toNanos();
    ClusterDescription last = null;
    FunesException failure = null;
    try (Admin admin = Admin.open(connection.config().requestTimeout(ASK_TIMEOUT).build())) {
      do {
        try {
          last = admin.describeCluster();
          if (last.isCaughtUp()) {
            return last;
          }
        } catch (FunesException e) {
          failure = retryable(e);
        }
        Thread.sleep(ASK_EVERY);
      } while (System.nanoTime() < deadlineNanos);
    }
    return lastAnswer(last, failure);
  }

  private static FunesException retryable(FunesException failure) {
    if (Failures.explain(failure).exitCode() != ExitCode.UNREACHABLE) {
      throw failure;
    }
    return failure;
  }

  private static ClusterDescription lastAnswer(
      @Nullable ClusterDescription last, @Nullable FunesException failure) {
    if (last != null) {
      return last;
    }
    throw failure != null
        ? failure
        : new CommandFailure(ExitCode.UNREACHABLE, "the cluster did not answer in time");
  }

  /** The exit code for this answer. */
  int exitCode(ClusterDescription cluster) {
    boolean good = waitHealthy ? cluster.isCaughtUp() : cluster.healthy();
    return good ? ExitCode.OK : ExitCode.UNHEALTHY;
  }
}
