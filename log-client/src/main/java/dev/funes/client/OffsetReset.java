package dev.funes.client;

/** What a consumer does when its position lies outside the log, because of retention say. */
public enum OffsetReset {
  /** {@link Consumer#poll} throws an {@link OffsetOutOfRangeException}. */
  ERROR,
  /** It goes on at the first offset that is still there. */
  START,
  /** It goes on with what comes next. */
  END
}
