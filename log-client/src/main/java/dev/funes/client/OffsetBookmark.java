package dev.funes.client;

import java.util.List;

/**
 * Stored offsets of a consumer group that were given a name.
 *
 * @param timeMillis when, in milliseconds since 1970-01-01 UTC
 * @param offsets by topic and partition
 */
public record OffsetBookmark(String name, long timeMillis, List<CommittedOffset> offsets) {
  public OffsetBookmark {
    offsets = List.copyOf(offsets);
  }
}
