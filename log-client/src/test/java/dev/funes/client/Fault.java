package dev.funes.client;

/** What a {@link FakeNode} does to one produce request. */
enum Fault {
  NONE,
  /** Nothing is written; the client shall wait and come again. */
  BUSY,
  /** Written, but the answer says that nobody knows. */
  WRITTEN_UNKNOWN,
  /** Not written, and the answer says that nobody knows. */
  DROPPED_UNKNOWN,
  /** Written, and the stream breaks before the answer. */
  WRITTEN_BREAK,
  /** The stream breaks before the write. */
  BREAK,
  /** Not written: another node leads. */
  NOT_LEADER,
  /** Written, never answered. */
  WRITTEN_SILENCE,
  /** Refused for good. */
  CORRUPT,
  /** The cluster has forgotten the producer. */
  FORGET_PRODUCER
}
