package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * A request that failed for good, or for longer than its timeout. The message is one line for
 * people and names the field or the limit at fault.
 */
public sealed class FunesException extends RuntimeException
    permits CommitFencedException, OffsetOutOfRangeException, RequestTimeoutException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String field;
  private final long limit;

  FunesException(ErrorCode code, String message) {
    this(code, message, "", 0, null);
  }

  FunesException(ErrorCode code, String message, @Nullable Throwable cause) {
    this(code, message, "", 0, cause);
  }

  FunesException(
      ErrorCode code, String message, String field, long limit, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.field = field;
    this.limit = limit;
  }

  public final ErrorCode code() {
    return code;
  }

  /** The field of the request at fault, such as {@code topic}; empty when none is. */
  public final String field() {
    return field;
  }

  /** The limit that was passed, in the unit that the message names; 0 when none was. */
  public final long limit() {
    return limit;
  }

  /** The same failure with the stack of the caller, for throwing on another thread. */
  FunesException rethrowable() {
    return new FunesException(code, String.valueOf(getMessage()), field, limit, this);
  }
}
