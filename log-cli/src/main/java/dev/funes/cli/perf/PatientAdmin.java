package dev.funes.cli.perf;

import dev.funes.cli.console.Connection;
import dev.funes.client.Admin;
import java.time.Duration;

/** Opens admins for requests that take long: ten thousand partitions are not made in a moment. */
final class PatientAdmin {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private PatientAdmin() {}

  /** Fails as soon as any other command would when the cluster cannot be reached. */
  static Admin open(Connection connection) {
    try (Admin probe = connection.admin()) {
      var _ = probe.describeCluster();
    }
    return Admin.open(connection.config().requestTimeout(connection.timeout(TIMEOUT)).build());
  }
}
