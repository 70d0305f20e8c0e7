package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Waits until a new topic's partitions are on this node, so that whoever created it can write and
 * read at once. A bounded wait: when the partitions take longer, writes make them.
 */
final class PartitionReadiness {
  private static final int WAIT_MILLIS_MAX = 3_000;

  private final Replica replica;
  private final Barriers barriers;

  PartitionReadiness(Replica replica, Barriers barriers) {
    this.replica = replica;
    this.barriers = barriers;
  }

  /** Never fails. */
  CompletableFuture<Void> await(String name, long topicId) {
    return barriers
        .view()
        .thenCompose(
            view -> {
              Topic topic = view.topic(name);
              return topic == null || topic.topicId() != topicId
                  ? CompletableFuture.<Void>completedFuture(null)
                  : await(topic);
            })
        .exceptionally(_ -> null);
  }

  private CompletableFuture<Void> await(Topic topic) {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Missing missing = new Missing(topic);
    Consumer<PartitionId> look =
        _ -> {
          if (missing.isNone()) {
            ready.complete(null);
          }
        };
    replica.addPartitionListener(look);
    look.accept(topic.partition(0));
    return ready
        .completeOnTimeout(null, WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS)
        .whenComplete((_, _) -> replica.removePartitionListener(look));
  }

  /** Partitions that this node is to have and has not. A partition that has come stays. */
  private final class Missing {
    private final Topic topic;
    private int first;

    Missing(Topic topic) {
      this.topic = topic;
    }

    synchronized boolean isNone() {
      while (first < topic.partitionCount() && isThere(topic.partition(first))) {
        first++;
      }
      return first == topic.partitionCount();
    }

    private boolean isThere(PartitionId partition) {
      RaftGroupId group = replica.placement().raftGroupOf(partition);
      return replica.log(partition) != null || !replica.isHere(group);
    }
  }
}
