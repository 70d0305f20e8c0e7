package dev.funes.cli.console;

import org.jspecify.annotations.Nullable;

/** Ends a command with an exit code and one line for the user. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;
  private final @Nullable String hint;

  /** A failure with what went wrong and, when there is something to say, what to try next. */
  public CommandFailure(
      int exitCode, String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  /** A failure without a hint. */
  public CommandFailure(int exitCode, String message) {
    this(exitCode, message, null, null);
  }

  /** One of {@link ExitCode}. */
  public int exitCode() {
    return exitCode;
  }

  /** What to try next, for people; null when there is nothing to say. */
  public @Nullable String hint() {
    return hint;
  }
}
