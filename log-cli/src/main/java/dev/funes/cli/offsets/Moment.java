package dev.funes.cli.offsets;

import dev.funes.cli.format.Times;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.OffsetsAt;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A moment in the history of a consumer group, as users write it.
 *
 * @param at null: now
 */
record Moment(String typed, @Nullable OffsetsAt at) {
  static final String BOOKMARK = "bookmark:";

  private static final String LANGUAGE =
      "now, @timestamp, @-1h for an hour ago, the id of an entry of the history, or bookmark:NAME";

  static Moment parse(String text, InstantSource clock) {
    if (text.equals("now")) {
      return new Moment(text, null);
    }
    if (text.startsWith("@")) {
      return new Moment(text, new OffsetsAt.Time(Times.parseTimestamp(text.substring(1), clock)));
    }
    if (text.startsWith(BOOKMARK)) {
      return new Moment(text, new OffsetsAt.Bookmark(text.substring(BOOKMARK.length())));
    }
    String id = text.startsWith("#") ? text.substring(1) : text;
    if (id.matches("[0-9]{1,18}")) {
      return new Moment(text, new OffsetsAt.Entry(Long.parseLong(id)));
    }
    throw new IllegalArgumentException("'" + text + "' is no moment: use " + LANGUAGE);
  }

  /** The offsets that the group had stored then. */
  List<CommittedOffset> offsets(Admin admin, String group) {
    OffsetsAt then = at;
    if (then == null) {
      return admin.committedOffsets(group);
    }
    String bookmark = then instanceof OffsetsAt.Bookmark(String name) ? name : null;
    return new GroupCalls(admin, group)
        .ask(null, bookmark, () -> admin.committedOffsetsAt(group, then));
  }
}
