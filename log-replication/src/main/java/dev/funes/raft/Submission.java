package dev.funes.raft;

import dev.funes.cluster.NodeId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What became of a command that was submitted to a raft group. */
public sealed interface Submission {

  /**
   * Committed and applied on this node.
   *
   * @param reply what {@link RaftGroupState#apply} returned, read-only
   */
  record Committed(ByteBuffer reply) implements Submission {}

  /**
   * This node does not lead the raft group, or not any more.
   *
   * @param leader who leads, as far as this node knows; may be this node itself when it was elected
   *     anew
   * @param outcomeUnknown true when the command entered the log here before leadership was lost, so
   *     that it may still be committed; false when it was surely not written
   */
  record NotLeader(@Nullable NodeId leader, boolean outcomeUnknown) implements Submission {}

  /** Surely not written; the same command may be submitted again. */
  record Refused(String why) implements Submission {}

  /** May have been written or not, and may still be: a timeout, or the node closes. */
  record Unknown(String why) implements Submission {}
}
