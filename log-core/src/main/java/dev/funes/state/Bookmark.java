package dev.funes.state;

import java.util.List;

/**
 * The stored offsets of a consumer group at one time, under a name.
 *
 * @param timeMillis the leader's time when it was made
 * @param offsets by topic id and partition
 */
public record Bookmark(String name, long timeMillis, List<GroupOffset> offsets) {
  /** Copies the list. */
  public Bookmark {
    offsets = List.copyOf(offsets);
  }
}
