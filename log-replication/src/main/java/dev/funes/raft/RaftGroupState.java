package dev.funes.raft;

import dev.funes.cluster.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a raft group applies its committed entries to.
 *
 * <p>{@link #apply}, {@link #advance}, {@link #takeCheckpoint}, {@link #reopen} and {@link #close}
 * are called on one thread, the apply thread of the raft group, one after the other. {@link
 * #latestCheckpoint}, {@link #purgeBound} and {@link #leadershipChanged} are called on any thread.
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
   * Called from time to time and after {@link RaftNode#triggerCheckpoint}, unless {@link
   * #latestCheckpoint} has all that was applied: begins or takes a checkpoint when one is due,
   * without holding up the apply thread for long.
   *
   * @throws IOException when this node cannot write; it then stops
   */
  void takeCheckpoint() throws IOException;

  /**
   * Up to where the Raft log may be purged: at or before {@link #latestCheckpoint}, often well
   * before it, so that a node that was away catches up from the Raft log; {@link TermIndexed#NONE}
   * to purge nothing. Asked from time to time, also of a raft group that is idle: what must be kept
   * depends on the time and on the room on the disk. Called on any thread, must be quick.
   */
  TermIndexed purgeBound();

  /**
   * True: this node leads and has applied everything of the terms before, so it may take commands.
   * False: not any more. Calls alternate, but come on any thread, so the method must be quick.
   */
  void leadershipChanged(boolean leader);

  /**
   * Called when this replica lacks entries that no Raft log of the leader has any more: begins to
   * bring the leader's checkpoint here. Called on any thread, must be quick; nothing of it shows
   * before {@link #reopen}. A call while one is under way takes its place.
   *
   * @param firstIndex where the leader's Raft log begins
   * @return what {@link #reopen} will then find; null when the leader has none that helps. When it
   *     fails, Ratis asks again.
   */
  default CompletableFuture<@Nullable TermIndexed> fetchCheckpoint(NodeId leader, long firstIndex) {
    return CompletableFuture.failedFuture(
        new IOException("this state cannot be copied from another node"));
  }

  /**
   * Another node leads. A fetch from any other is to fail soon: Ratis takes no answer to what a
   * former leader asked for. Called on any thread, must be quick.
   */
  default void leaderChanged(NodeId leader) {}

  /**
   * Called on the apply thread after {@link #fetchCheckpoint}: makes the state exactly what it was
   * at the checkpoint that was fetched, or at the newest that is here.
   *
   * @throws IOException when this node cannot; it then stops
   */
  default void reopen() throws IOException {}

  /** Whether the newest checkpoint was fetched, so that the Raft log here may end before it. */
  default boolean isCheckpointCopied() {
    return false;
  }

  /** Called once, after the last call of {@link #apply}. */
  @Override
  void close() throws IOException;
}
