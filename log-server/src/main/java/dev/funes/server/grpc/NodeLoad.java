package dev.funes.server.grpc;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What all connections of a node share: how many there may be, and the bytes they may hold. */
final class NodeLoad {
  private static final int TICK_MILLIS = 500;

  private final ApiLimits limits;
  private final NodeBytes fromClients;

  /**
   * Of its own: two nodes that are full of requests for each other must still take those that the
   * other has passed on, or neither would ever get an answer.
   */
  private final NodeBytes fromNodes;

  private final FetchBytes fetches;
  private final AtomicInteger connections = new AtomicInteger();

  NodeLoad(ApiLimits limits) {
    this.limits = limits;
    this.fromClients = new NodeBytes(limits.inFlightBytesMax());
    this.fromNodes = new NodeBytes(limits.inFlightBytesMax());
    this.fetches = new FetchBytes(limits.fetchBytesMax());
  }

  void start(ScheduledExecutorService timer) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              fromClients.tick();
              fromNodes.tick();
            },
            TICK_MILLIS,
            TICK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  ApiLimits limits() {
    return limits;
  }

  NodeBytes fromClients() {
    return fromClients;
  }

  NodeBytes fromNodes() {
    return fromNodes;
  }

  FetchBytes fetches() {
    return fetches;
  }

  /** Takes a place for a client's connection; false when none is left. */
  boolean admit() {
    int before = connections.getAndUpdate(n -> n < limits.connectionsMax() ? n + 1 : n);
    return before < limits.connectionsMax();
  }

  /** Gives the place back. */
  void leave() {
    connections.decrementAndGet();
  }
}
