package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What to tell the operator when this node cannot make itself known to the cluster: the first time
 * at once, and then once a minute at the most, because it is tried all the time. Any thread.
 */
final class RegistrationTrouble {
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoClock;
  private int failures;
  private @Nullable Long toldNanos;

  RegistrationTrouble(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Notes a failed try; null when there was a warning not long ago. */
  synchronized @Nullable String failed(NodeEndpoint self, Throwable failure) {
    failures++;
    long now = nanoClock.getAsLong();
    if (toldNanos != null && now - toldNanos < SILENCE_NANOS) {
      return null;
    }
    toldNanos = now;
    Throwable cause = ErrorMapping.unwrap(failure);
    return ("node %s cannot register as %s with the cluster (try %d): %s. It goes on trying; until then"
            + " the others look for it where it was. See that it reaches the client ports of the other"
            + " nodes (funes cluster describe), and that its 'id', 'host' and ports in the"
            + " configuration are right")
        .formatted(
            self.id(),
            self.clientAddress(),
            failures,
            cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }
}
