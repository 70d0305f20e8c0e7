package dev.funes.cli.console;

/** What the exit code of a command tells a script. The numbers are stable. */
public final class ExitCode {
  public static final int OK = 0;

  /** It did not work, for a reason that none of the other codes names. */
  public static final int FAILED = 1;

  /** The command line or the input is wrong and will stay wrong. */
  public static final int USAGE = 2;

  /** There is no such topic, partition, consumer group, offset or file. */
  public static final int NOT_FOUND = 3;

  /** It exists already, or somebody else is at it. */
  public static final int CONFLICT = 4;

  /** No node could be reached, or none answered in time. */
  public static final int UNREACHABLE = 5;

  /** A request has no reply yet; it may come later. */
  public static final int NO_REPLY = 6;

  /** The cluster answered, and is not healthy. */
  public static final int UNHEALTHY = 10;

  private ExitCode() {}
}
