package dev.funes.replication;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.TopicName;
import dev.funes.log.LogSettings;
import dev.funes.raft.RaftNode;
import dev.funes.raft.Submission;
import dev.funes.raft.Submission.Committed;
import dev.funes.raft.Submission.NotLeader;
import dev.funes.raft.Submission.Refused;
import dev.funes.raft.Submission.Unknown;
import dev.funes.replication.MetadataCommand.AllocateProducerId;
import dev.funes.replication.MetadataCommand.AlterTopic;
import dev.funes.replication.MetadataCommand.CreateTopic;
import dev.funes.replication.MetadataCommand.DeleteTopic;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The metadata raft group on this node: which topics there are, which nodes, where the raft groups
 * are placed, and the next producer id.
 *
 * <p>Thread-safe. Futures complete on the apply thread of the raft group: what hangs on them must
 * be quick and must not block.
 */
public final class MetadataGroup {

  private final MetadataState state;
  private final RaftNode raft;
  private final ReplicaLimits limits;

  MetadataGroup(MetadataState state, RaftNode raft, ReplicaLimits limits) {
    this.state = state;
    this.raft = raft;
    this.limits = limits;
  }

  /** The topics as this node has applied them; maybe behind the leader. */
  public ClusterView view() {
    return state.view();
  }

  /** A view with everything that was committed before the call. */
  public CompletableFuture<ClusterView> syncedView() {
    return raft.readBarrier(RaftGroupId.METADATA).thenApply(_ -> state.view());
  }

  MetadataState groupState() {
    return state;
  }

  public boolean leads() {
    return state.leads();
  }

  public @Nullable NodeId leader() {
    return raft.leader(RaftGroupId.METADATA);
  }

  /** The listener is told each new view, on the apply thread: it must be quick. */
  public void addListener(Consumer<ClusterView> listener) {
    state.addListener(listener);
  }

  /** Makes a topic; it exists for every node that has applied it when the outcome is Created. */
  public CompletableFuture<TopicOutcome> createTopic(
      String name, int partitionCount, LogSettings settings) {
    String problem = TopicName.problem(name);
    if (problem != null) {
      return completedFuture(new TopicOutcome.Invalid("name", problem));
    }
    return change(new CreateTopic(name, partitionCount, settings, limits.partitionsMax()));
  }

  /** Gives a topic these settings, all of them. */
  public CompletableFuture<TopicOutcome> alterTopic(String name, LogSettings settings) {
    if (TopicName.problem(name) != null) {
      return completedFuture(new TopicOutcome.UnknownTopic(name));
    }
    return change(new AlterTopic(name, settings));
  }

  /** Removes a topic; its partitions go soon after. */
  public CompletableFuture<TopicOutcome> deleteTopic(String name) {
    if (TopicName.problem(name) != null) {
      return completedFuture(new TopicOutcome.UnknownTopic(name));
    }
    return change(new DeleteTopic(name));
  }

  private CompletableFuture<TopicOutcome> change(MetadataCommand command) {
    if (!state.leads()) {
      return completedFuture(new TopicOutcome.NotLeader(leader()));
    }
    return submit(command)
        .thenApply(
            submission ->
                switch (submission) {
                  case Committed(ByteBuffer reply) -> topicOutcome(reply);
                  case NotLeader(var leader, boolean unknown) ->
                      unknown
                          ? new TopicOutcome.UnknownOutcome("leadership was lost")
                          : new TopicOutcome.NotLeader(leader);
                  case Refused _ -> new TopicOutcome.Busy(Batcher.BUSY_RETRY_MILLIS);
                  case Unknown(String why) -> new TopicOutcome.UnknownOutcome(why);
                });
  }

  private static TopicOutcome topicOutcome(ByteBuffer reply) {
    return MetadataReply.decode(reply) instanceof MetadataReply.OfTopic(TopicOutcome outcome)
        ? outcome
        : new TopicOutcome.UnknownOutcome("the reply is that of another command");
  }

  /** A producer id that nobody was given before. */
  public CompletableFuture<ProducerIdOutcome> allocateProducerId() {
    if (!state.leads()) {
      return completedFuture(new ProducerIdOutcome.NotLeader(leader()));
    }
    return submit(new AllocateProducerId())
        .thenApply(
            submission ->
                switch (submission) {
                  case Committed(ByteBuffer reply) -> producerIdOutcome(reply);
                  case NotLeader(var leader, _) -> new ProducerIdOutcome.NotLeader(leader);
                  case Refused _ -> new ProducerIdOutcome.Busy(Batcher.BUSY_RETRY_MILLIS);
                  case Unknown(String why) -> new ProducerIdOutcome.UnknownOutcome(why);
                });
  }

  private static ProducerIdOutcome producerIdOutcome(ByteBuffer reply) {
    return MetadataReply.decode(reply) instanceof MetadataReply.ProducerId(long producerId)
        ? new ProducerIdOutcome.Allocated(producerId)
        : new ProducerIdOutcome.UnknownOutcome("the reply is that of another command");
  }

  /** Stores the placement that the founding nodes have from their configuration, once. */
  CompletableFuture<PlacementOutcome> found(Placement placement) {
    return place(new PlacementCommand.Found(placement));
  }

  /** Tells where a node is now, and which data directory it has. */
  public CompletableFuture<PlacementOutcome> registerNode(NodeEndpoint endpoint, String dataId) {
    return place(new PlacementCommand.RegisterNode(endpoint, dataId));
  }

  /** Adds a node to the cluster, and with that to the metadata raft group. */
  public CompletableFuture<PlacementOutcome> addNode(NodeEndpoint endpoint) {
    return place(new PlacementCommand.AddNode(endpoint));
  }

  /** Removes a node for ever; Invalid while a data raft group is placed on it. */
  public CompletableFuture<PlacementOutcome> removeNode(NodeId node) {
    return place(new PlacementCommand.RemoveNode(node));
  }

  /**
   * Places a data raft group on these nodes, the preferred leader first; {@link
   * PlacementOutcome.Moved} when it is not placed on the expected ones any more.
   */
  public CompletableFuture<PlacementOutcome> setReplicas(
      RaftGroupId group, List<NodeId> expected, List<NodeId> next) {
    return place(new PlacementCommand.SetReplicas(group, expected, next));
  }

  /** Gives a node a duty; Invalid when too few nodes would be left. */
  public CompletableFuture<PlacementOutcome> setDuty(NodeId node, NodeDuty duty) {
    return place(new PlacementCommand.SetDuty(node, duty));
  }

  /** Begins or stops to spread raft groups evenly. */
  public CompletableFuture<PlacementOutcome> setBalancing(boolean balancing) {
    return place(new PlacementCommand.SetBalancing(balancing));
  }

  private CompletableFuture<PlacementOutcome> place(PlacementCommand command) {
    if (!state.leads()) {
      return completedFuture(new PlacementOutcome.NotLeader(leader()));
    }
    return submit(command)
        .thenApply(
            submission ->
                switch (submission) {
                  case Committed(ByteBuffer reply) -> placementOutcome(reply);
                  case NotLeader(var leader, boolean unknown) ->
                      unknown
                          ? new PlacementOutcome.UnknownOutcome("leadership was lost")
                          : new PlacementOutcome.NotLeader(leader);
                  case Refused _ -> new PlacementOutcome.Busy(Batcher.BUSY_RETRY_MILLIS);
                  case Unknown(String why) -> new PlacementOutcome.UnknownOutcome(why);
                });
  }

  private static PlacementOutcome placementOutcome(ByteBuffer reply) {
    return MetadataReply.decode(reply) instanceof MetadataReply.OfPlacement(var outcome)
        ? outcome
        : new PlacementOutcome.UnknownOutcome("the reply is that of another command");
  }

  private CompletableFuture<Submission> submit(MetadataCommand command) {
    return raft.submit(RaftGroupId.METADATA, command.encode())
        .exceptionally(failure -> new Unknown(String.valueOf(failure)));
  }
}
