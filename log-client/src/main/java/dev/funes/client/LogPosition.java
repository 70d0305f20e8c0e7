package dev.funes.client;

/** A place in a partition that the cluster turns into an offset. */
public sealed interface LogPosition {
  /** The first offset still there. */
  record Start() implements LogPosition {}

  /** The next offset to be written. */
  record End() implements LogPosition {}

  /**
   * The first offset whose record is not older than this; the end when all are older.
   *
   * @param millis milliseconds since 1970-01-01 UTC
   */
  record Timestamp(long millis) implements LogPosition {}

  /** The first record at or after this offset: to learn its timestamp. Without one, the end. */
  record At(long offset) implements LogPosition {}
}
