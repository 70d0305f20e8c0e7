package dev.funes.cli.offsets;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Suggestions;
import dev.funes.cli.console.Topics;
import dev.funes.client.Admin;
import dev.funes.client.FunesException;
import dev.funes.client.GroupInfo;
import dev.funes.client.OffsetBookmark;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks about one consumer group, and helps those who mistyped a name. */
record GroupCalls(Admin admin, String group) {
  private static final Set<String> MOMENT_FIELDS = Set.of("history_id", "timestamp_millis");

  /** The answer; a failure is explained. */
  <T> T ask(Supplier<T> call) {
    return ask(null, null, call);
  }

  /** The answer; a failure is explained by what was named. */
  <T> T ask(@Nullable String topic, @Nullable String bookmark, Supplier<T> call) {
    try {
      return call.get();
    } catch (FunesException e) {
      throw explain(topic, bookmark, e);
    }
  }

  private RuntimeException explain(
      @Nullable String topic, @Nullable String bookmark, FunesException failure) {
    return switch (failure.code()) {
      case UNKNOWN_GROUP -> unknown();
      case UNKNOWN_TOPIC -> topic == null ? failure : Topics.explain(admin, topic, failure);
      case UNKNOWN_BOOKMARK -> bookmark == null ? failure : unknownBookmark(bookmark, failure);
      case GROUP_RESETTING ->
          withHint(ExitCode.CONFLICT, failure, "funes offsets history " + group + " --resets");
      case UNKNOWN_OUTCOME ->
          withHint(ExitCode.UNREACHABLE, failure, "funes offsets history " + group + " --resets");
      case NOT_OWNER ->
          withHint(
              ExitCode.CONFLICT,
              failure,
              "funes offsets reset moves a group while it runs; funes group describe " + group);
      case BOOKMARK_EXISTS -> withHint(ExitCode.CONFLICT, failure, "--replace moves it to now");
      case INVALID_ARGUMENT ->
          MOMENT_FIELDS.contains(failure.field())
              ? withHint(ExitCode.NOT_FOUND, failure, "funes offsets history " + group)
              : failure;
      default -> failure;
    };
  }

  /** No such consumer group, and perhaps which one was meant. */
  CommandFailure unknown() {
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "group '"
            + group
            + "' has no stored offsets"
            + didYouMean(group, admin.listGroups().stream().map(GroupInfo::name).toList()),
        "funes offsets show lists those that have; --topic names what a new one is to read",
        null);
  }

  private CommandFailure unknownBookmark(String bookmark, FunesException failure) {
    List<String> names = admin.bookmarks(group).stream().map(OffsetBookmark::name).toList();
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "group '%s' has no bookmark '%s'%s".formatted(group, bookmark, didYouMean(bookmark, names)),
        "funes offsets bookmarks " + group,
        failure);
  }

  private static String didYouMean(String typed, Collection<String> known) {
    String closest = Suggestions.closest(typed, known);
    return closest == null ? "" : "; did you mean '" + closest + "'?";
  }

  private static CommandFailure withHint(int exitCode, FunesException failure, String hint) {
    return new CommandFailure(exitCode, String.valueOf(failure.getMessage()), hint, failure);
  }
}
