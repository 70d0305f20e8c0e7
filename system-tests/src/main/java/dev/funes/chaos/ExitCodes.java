package dev.funes.chaos;

/** How {@code funes-chaos} ends. */
public final class ExitCodes {
  /** Every check is green. */
  public static final int GREEN = 0;

  /** A check is red. */
  public static final int RED = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** The run itself failed: nothing is known. */
  public static final int RUN_FAILED = 3;

  private ExitCodes() {}
}
