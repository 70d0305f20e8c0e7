package dev.funes.cli.console;

import dev.funes.client.FunesException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Turns whatever ended a command into an exit code and one line. */
public final class Failures {
  private static final String CHECK_NODES =
      "is it up? 'funes dev' starts a cluster here; --server or FUNES_SERVER name another";

  private Failures() {}

  /** The failure as the user is told of it. */
  public static CommandFailure explain(Throwable thrown) {
    Throwable cause = unwrap(thrown);
    return switch (cause) {
      case CommandFailure failure -> failure;
      case FunesException failure -> explain(failure);
      case FileNotFoundException e -> new CommandFailure(ExitCode.NOT_FOUND, oneLine(e), null, e);
      case NoSuchFileException e ->
          new CommandFailure(ExitCode.NOT_FOUND, "no such file: " + e.getFile(), null, e);
      case AccessDeniedException e ->
          new CommandFailure(ExitCode.FAILED, "permission denied: " + e.getFile(), null, e);
      case IOException e -> new CommandFailure(ExitCode.FAILED, oneLine(e), null, e);
      case IllegalArgumentException e -> new CommandFailure(ExitCode.USAGE, oneLine(e), null, e);
      default ->
          new CommandFailure(
              ExitCode.FAILED,
              "internal error: " + cause.getClass().getSimpleName() + ": " + oneLine(cause),
              "--verbose prints where it happened",
              cause);
    };
  }

  private static CommandFailure explain(FunesException failure) {
    int exitCode =
        switch (failure.code()) {
          case INVALID_ARGUMENT -> ExitCode.USAGE;
          case UNKNOWN_TOPIC,
              UNKNOWN_PARTITION,
              UNKNOWN_GROUP,
              UNKNOWN_MEMBER,
              UNKNOWN_BOOKMARK,
              OFFSET_OUT_OF_RANGE ->
              ExitCode.NOT_FOUND;
          case TOPIC_EXISTS,
              PRODUCER_FENCED,
              OFFSET_CONFLICT,
              MEMBER_KICKED,
              MEMBER_REPLACED,
              NOT_OWNER,
              GROUP_NOT_EMPTY,
              GROUP_RESETTING,
              BOOKMARK_EXISTS,
              NOTHING_TO_UNDO ->
              ExitCode.CONFLICT;
          case UNAVAILABLE, UNREACHABLE, TIMEOUT, RETRY, DISK_FULL, NOT_LEADER, UNKNOWN_OUTCOME ->
              ExitCode.UNREACHABLE;
          case RECORD_TOO_LARGE,
              BATCH_TOO_LARGE,
              CORRUPT_BATCH,
              OUT_OF_ORDER_SEQUENCE,
              UNKNOWN_PRODUCER,
              LIMIT_EXCEEDED,
              CLOSED,
              INTERNAL ->
              ExitCode.FAILED;
        };
    String hint =
        switch (failure.code()) {
          case UNREACHABLE -> CHECK_NODES;
          case UNAVAILABLE, TIMEOUT -> "funes cluster status";
          case DISK_FULL ->
              "'funes cluster describe' shows the disks; reading, trimming and deleting topics go on";
          case OFFSET_OUT_OF_RANGE ->
              "funes offsets reset GROUP --to start moves a group to what is still there";
          default -> null;
        };
    return new CommandFailure(exitCode, oneLine(failure), hint, failure);
  }

  private static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException
            || cause instanceof CompletionException
            || cause instanceof UncheckedIOException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String oneLine(Throwable thrown) {
    @Nullable String message = thrown.getMessage();
    return message == null
        ? thrown.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
