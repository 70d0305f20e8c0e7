package dev.funes.client;

/** A moment in the history of the stored offsets of a consumer group. */
public sealed interface OffsetsAt {
  /** At this time, in milliseconds since 1970-01-01 UTC. */
  record Time(long millis) implements OffsetsAt {}

  /** After this entry of the history; just before the first one it is the id of that less 1. */
  record Entry(long id) implements OffsetsAt {}

  /** When this bookmark was made. */
  record Bookmark(String name) implements OffsetsAt {}
}
