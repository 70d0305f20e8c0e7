package dev.funes.replication;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Topic;
import org.jspecify.annotations.Nullable;

/** What became of a change to the topics. */
public sealed interface TopicOutcome {

  record Created(Topic topic) implements TopicOutcome {}

  record Altered(Topic topic) implements TopicOutcome {}

  record Deleted(Topic topic) implements TopicOutcome {}

  /** The name is taken, by this topic. */
  record TopicExists(Topic topic) implements TopicOutcome {}

  record UnknownTopic(String name) implements TopicOutcome {}

  /** The cluster would have more partitions than this. */
  record LimitExceeded(long partitionsMax) implements TopicOutcome {}

  /** The request is wrong and will stay wrong; {@code field} names what is. */
  record Invalid(String field, String why) implements TopicOutcome {}

  /** Surely not done: another node leads the metadata raft group. */
  record NotLeader(@Nullable NodeId leader) implements TopicOutcome {}

  /** Surely not done: the raft group is not ready. */
  record Busy(long retryAfterMillis) implements TopicOutcome {}

  /** Surely not done: a node has no room beside its reserve. */
  record DiskFull(DiskReserve.Shortage shortage) implements TopicOutcome {}

  /** It may or may not be done. */
  record UnknownOutcome(String why) implements TopicOutcome {}
}
