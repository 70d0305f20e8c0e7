package dev.funes.replication;

import dev.funes.cluster.NodeId;
import org.jspecify.annotations.Nullable;

/** What became of the wish for a producer id. */
public sealed interface ProducerIdOutcome {

  /** An id that nobody was given before; its first epoch is 0. */
  record Allocated(long producerId) implements ProducerIdOutcome {}

  /** Another node leads the metadata raft group. */
  record NotLeader(@Nullable NodeId leader) implements ProducerIdOutcome {}

  record Busy(long retryAfterMillis) implements ProducerIdOutcome {}

  /** An id may have been given to nobody, which does no harm: ask again. */
  record UnknownOutcome(String why) implements ProducerIdOutcome {}
}
