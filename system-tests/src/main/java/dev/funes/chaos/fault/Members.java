package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosNode;

/** Hears which nodes come and go, so that the load can follow. */
public interface Members {
  void joined(ChaosNode node);

  void left(int nodeId);
}
