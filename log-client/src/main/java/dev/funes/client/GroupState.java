package dev.funes.client;

/** How a consumer group fares. */
public enum GroupState {
  /** It has no members. */
  EMPTY,
  /** Every member holds what it should. */
  STABLE,
  /** Partitions are on their way from one member to another. */
  REBALANCING,
  /** A reset moves offsets. */
  RESETTING,
  /** Nothing is delivered until somebody resumes it. */
  PAUSED
}
