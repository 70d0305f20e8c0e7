package dev.funes.chaos.workload;

import dev.funes.chaos.history.Outcome;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure says about a write. The list of those that say "surely not done" is closed, and
 * short: a node that does not lead, has no room or does not answer may have passed the write on, or
 * an earlier try may have got through. To note a failure where the truth is unknown is the usual
 * mistake of checkers.
 */
final class Outcomes {
  private Outcomes() {}

  static Outcome of(@Nullable Throwable failure) {
    if (failure == null) {
      return Outcome.OK;
    }
    return unwrapped(failure) instanceof FunesException e && isRefusal(e.code())
        ? Outcome.FAIL
        : Outcome.UNKNOWN;
  }

  private static boolean isRefusal(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, RECORD_TOO_LARGE, BATCH_TOO_LARGE, CORRUPT_BATCH -> true;
      default -> false;
    };
  }

  /** The same for who speaks the API by hand, and sends once. */
  static Outcome of(dev.funes.proto.v1.ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, RECORD_TOO_LARGE, BATCH_TOO_LARGE, CORRUPT_BATCH -> Outcome.FAIL;
      default -> Outcome.UNKNOWN;
    };
  }

  /** The code, or the kind, of a failure. */
  static String text(Throwable failure) {
    Throwable cause = unwrapped(failure);
    return cause instanceof FunesException e ? e.code().name() : cause.toString();
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
