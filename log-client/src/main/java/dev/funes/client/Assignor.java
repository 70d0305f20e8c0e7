package dev.funes.client;

/** How the partitions of a consumer group are spread; the choice of its oldest member counts. */
public enum Assignor {
  /** As even as can be, moving as little as can be. */
  BALANCED,
  /** Neighbouring partitions of each topic to the same member. */
  RANGE,
  /** As BALANCED, and where it stays even, to members in the zone of a replica. */
  RACK
}
