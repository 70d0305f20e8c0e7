package dev.funes.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the coordinator of a consumer group is thought to be, and how long it has not been found.
 * One thread at a time uses it.
 */
final class CoordinatorRoute {
  private static final long PAUSE_MILLIS_MIN = 20;
  private static final long PAUSE_MILLIS_MAX = 500;
  private static final int REDIRECTS_MAX = 3; // in a row, then there is a pause between them

  private final Connections connections;
  private final Duration giveUp;
  private @Nullable ServerAddress coordinator;
  private @Nullable Failure lastTrouble;
  private int troubles; // in a row
  private int redirects;
  private long troubledSinceNanos;

  CoordinatorRoute(Connections connections, Duration giveUp) {
    this.connections = connections;
    this.giveUp = giveUp;
  }

  /** The node to ask. */
  ServerAddress next() {
    return coordinator != null && connections.isUsable(coordinator)
        ? coordinator
        : connections.next();
  }

  void found(ServerAddress address) {
    connections.succeeded(address);
    coordinator = address;
    troubles = 0;
    redirects = 0;
    lastTrouble = null;
  }

  /** Nobody has looked for it for a while: the time that it was not found begins anew. */
  void lookAgain() {
    lastTrouble = null;
  }

  /** Returns how long to wait before the next node is asked, in milliseconds. */
  long failed(ServerAddress address, Failure failure) {
    if (lastTrouble == null) {
      troubledSinceNanos = System.nanoTime();
    }
    lastTrouble = failure;
    if (failure.code() == ErrorCode.NOT_LEADER) {
      coordinator = failure.leader() == null ? null : failure.leader().server();
      if (coordinator != null && redirects++ < REDIRECTS_MAX) {
        connections.learn(coordinator);
        return 0;
      }
    } else if (!failure.fromNode()) {
      coordinator = null;
      connections.failed(address);
    }
    troubles++;
    return Math.max(
        failure.retryAfterMillis(), Backoff.millis(troubles, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
  }

  /**
   * @throws FunesException when it has not been found for too long
   */
  void check(String group) {
    if (lastTrouble != null && System.nanoTime() - troubledSinceNanos > giveUp.toNanos()) {
      Failure trouble = lastTrouble;
      troubledSinceNanos = System.nanoTime(); // Who asks again waits again.
      throw new FunesException(
          trouble.code(),
          "no coordinator of consumer group %s could be reached: %s"
              .formatted(group, trouble.message()),
          trouble.cause());
    }
  }
}
