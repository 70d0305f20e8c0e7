package dev.funes.filter;

/**
 * What judging one record has cost so far, about in bytes looked at: a value counts every time it
 * is mentioned, a regular expression by its size and the length of the text. One thread.
 */
final class Budget {
  /** Of one record: about a second. */
  static final long COST_MAX = 128L << 20;

  private long left;

  void refill() {
    left = COST_MAX;
  }

  /** Ends the evaluation when it is used up; what the expression makes of that does not count. */
  void charge(long cost) {
    left -= cost;
    if (left < 0) {
      throw new FilterCostException("the expression costs too much");
    }
  }

  boolean isUsedUp() {
    return left < 0;
  }
}
