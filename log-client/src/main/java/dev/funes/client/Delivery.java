package dev.funes.client;

/** When a member of a consumer group stores how far it has come. */
public enum Delivery {
  /**
   * After the work: what a poll returned counts as done when the next one begins, and is stored at
   * most once in a {@link GroupOptions#commitInterval()}, before a partition is given away, and by
   * {@link Consumer#close()}. After a crash a little comes again, and nothing is passed over.
   */
  AT_LEAST_ONCE,
  /**
   * Before the work: a poll stores what it is about to return. After a crash a little is passed
   * over, and nothing comes again. Costs a round trip for each poll.
   */
  AT_MOST_ONCE,
  /** When {@link Consumer#commit()} is called, and else never. */
  MANUAL
}
