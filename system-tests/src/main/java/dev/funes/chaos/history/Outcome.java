package dev.funes.chaos.history;

/** How an operation ended, as far as the client can know. */
public enum Outcome {
  /** It was done. */
  OK("ok"),
  /** It was surely not done, and never will be. */
  FAIL("fail"),
  /** It may have been done, or be done yet. */
  UNKNOWN("info");

  private final String phase;

  Outcome(String phase) {
    this.phase = phase;
  }

  /** As it stands in a history. */
  public String phase() {
    return phase;
  }
}
