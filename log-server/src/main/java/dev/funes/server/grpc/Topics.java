package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.cluster.TopicName;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;

/** Finds topics by name, and what carries their partitions. Any thread may call. */
final class Topics {
  private final Replica replica;
  private final Barriers barriers;

  Topics(Replica replica, Barriers barriers) {
    this.replica = replica;
    this.barriers = barriers;
  }

  /**
   * The topic of that name. A name that this node has not heard of is looked up once more behind
   * everything that was decided before, so that a topic exists here as soon as it exists anywhere.
   * Fails with a {@link RequestProblem} when there is none; throws it when the name cannot be one.
   */
  CompletableFuture<Topic> find(String name) {
    String problem = TopicName.problem(name);
    if (problem != null) {
      throw new RequestProblem(Errors.invalid("topic", problem));
    }
    Topic known = replica.view().topic(name);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    return barriers
        .view()
        .thenApply(
            view -> {
              Topic found = view.topic(name);
              if (found == null) {
                throw new RequestProblem(Errors.unknownTopic(name));
              }
              return found;
            });
  }

  /** The id of a partition that the topic has. */
  static PartitionId partition(Topic topic, int partition) {
    if (!topic.hasPartition(partition)) {
      throw new RequestProblem(
          Errors.unknownPartition(topic.name(), partition, topic.partitionCount()));
    }
    return topic.partition(partition);
  }

  RaftGroupId raftGroup(PartitionId partition) {
    return replica.placement().raftGroupOf(partition);
  }
}
