package dev.funes.server.grpc;

import dev.funes.cluster.RaftGroupId;
import dev.funes.replication.Replica;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells the health service whether this node serves: it does while the metadata raft group has a
 * leader that it knows.
 */
final class HealthReporter {
  private static final int LOOK_MILLIS = 200;

  private final Replica replica;
  private final HealthStatusManager health = new HealthStatusManager();

  HealthReporter(Replica replica) {
    this.replica = replica;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
  }

  BindableService service() {
    return health.getHealthService();
  }

  void start(ScheduledExecutorService timer) {
    var _ = timer.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** For good: those who watch go elsewhere before the node closes. */
  void stop() {
    health.enterTerminalState();
  }

  private void look() {
    boolean serves = replica.leader(RaftGroupId.METADATA) != null;
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }
}
