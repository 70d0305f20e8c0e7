package dev.funes.raft;

/**
 * A place in the log of a raft group.
 *
 * @param term Raft term of the entry
 * @param index Raft index of the entry, from 0; -1 stands for the place before the first
 */
public record TermIndexed(long term, long index) {

  /** Before the first entry: nothing applied, no checkpoint, nothing to purge. */
  public static final TermIndexed NONE = new TermIndexed(0, -1);

  public TermIndexed {
    if (term < 0 || index < -1) {
      throw new IllegalArgumentException("no such place: term " + term + ", index " + index);
    }
  }

  public boolean isNone() {
    return index < 0;
  }
}
