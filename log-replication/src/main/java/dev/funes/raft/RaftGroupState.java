package dev.funes.raft;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a raft group applies its committed entries to.
 *
 * <p>{@link #apply}, {@link #advance}, {@link #takeCheckpoint} and {@link #close} are called on one
 * thread, the apply thread of the raft group, one after the other. {@link #latestCheckpoint} and
 * {@link #leadershipChanged} are called on any thread.
 *
 * <p>After a start, apply begins at the entry after {@link #latestCheckpoint}, so the state must
 * then be exactly what it was at that checkpoint.
 */
public interface RaftGroupState extends AutoCloseable {

  /**
   * Applies a committed command and returns the answer for the one who submitted it. Total and
   * deterministic: a command that makes no sense is an answer, never an exception.
   *
   * @param command read-only; only valid during the call
   * @throws IOException when this node cannot write; it then stops, as it would else differ from
   *     its peers
   */
  ByteBuffer apply(long term, long index, ByteBuffer command) throws IOException;

  /** Steps over an entry without a command, such as a change of the Raft configuration. */
  void advance(long term, long index);

  /**
   * Where apply begins after a restart: the newest durable checkpoint, {@link TermIndexed#NONE}
   * when there is none. Asked with every message of the leader, so it must be one volatile read.
   */
  TermIndexed latestCheckpoint();

  /**
   * Called from time to time and after {@link RaftNode#triggerCheckpoint}: begins or takes a
   * checkpoint when one is due, without holding up the apply thread for long.
   *
   * @return up to where the Raft log may be purged; at or before {@link #latestCheckpoint}, often
   *     well before it, so that a node that was away catches up from the Raft log; {@link
   *     TermIndexed#NONE} to purge nothing
   * @throws IOException when this node cannot write; it then stops
   */
  TermIndexed takeCheckpoint() throws IOException;

  /**
   * True: this node leads and has applied everything of the terms before, so it may take commands.
   * False: not any more. Calls alternate, but come on any thread, so the method must be quick.
   */
  void leadershipChanged(boolean leader);

  /** Called once, after the last call of {@link #apply}. */
  @Override
  void close() throws IOException;
}
