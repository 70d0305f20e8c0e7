package dev.funes.chaos.history;

/** What a fault leaves of the service, for the check of availability. */
public enum Impact {
  /** Every partition goes on as if nothing were: within the quiet gap. */
  NONE,
  /** A majority is left: every partition goes on after a change of leader. */
  MINORITY,
  /** No majority is left, or nobody may write: nothing is expected until the fault is over. */
  MAJORITY
}
