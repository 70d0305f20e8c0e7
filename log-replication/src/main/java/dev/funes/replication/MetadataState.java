package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.cluster.TopicName;
import dev.funes.raft.RaftGroupState;
import dev.funes.raft.TermIndexed;
import dev.funes.replication.MetadataCommand.AllocateProducerId;
import dev.funes.replication.MetadataCommand.AlterTopic;
import dev.funes.replication.MetadataCommand.CreateTopic;
import dev.funes.replication.MetadataCommand.DeleteTopic;
import dev.funes.replication.TopicOutcome.Altered;
import dev.funes.replication.TopicOutcome.Created;
import dev.funes.replication.TopicOutcome.Deleted;
import dev.funes.replication.TopicOutcome.Invalid;
import dev.funes.replication.TopicOutcome.LimitExceeded;
import dev.funes.replication.TopicOutcome.TopicExists;
import dev.funes.replication.TopicOutcome.UnknownTopic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the metadata raft group has applied on this node: the topics, the placement with its nodes,
 * and the next producer id.
 */
final class MetadataState implements RaftGroupState {

  private static final Logger LOG = LoggerFactory.getLogger(MetadataState.class);

  private final Path directory;
  private final ReplicaLimits limits;
  private final InstantSource clock;
  private final RaftLogKeeping keeping;
  private final CheckpointCopies copies;
  private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();
  private volatile ClusterView view;
  private volatile TermIndexed latest = TermIndexed.NONE;
  private volatile boolean leads;

  private long nextProducerId; // apply thread only, as all below
  private volatile TermIndexed applied = TermIndexed.NONE; // read on any thread
  private volatile long appliedBytes; // read on any thread
  private long snapshotMillis;
  private boolean failed;

  private MetadataState(
      Path directory,
      Placement placement,
      ReplicaLimits limits,
      InstantSource clock,
      CatchUp catchUp,
      @Nullable MetadataSnapshot snapshot) {
    this.directory = directory;
    this.limits = limits;
    this.clock = clock;
    this.keeping = new RaftLogKeeping(limits.raftLogKeepMillis(), limits.raftLogKeepBytes());
    this.copies = new CheckpointCopies(RaftGroupId.METADATA, catchUp);
    this.view = ClusterView.empty(placement);
    this.snapshotMillis = clock.millis();
    if (snapshot != null) {
      load(snapshot);
    }
  }

  private void load(MetadataSnapshot snapshot) {
    Placement stored = snapshot.placement();
    view =
        ClusterView.of(
            stored == null ? view.placement() : stored,
            snapshot.members(),
            snapshot.topics(),
            snapshot.lastTopicId(),
            snapshot.viewVersion());
    nextProducerId = snapshot.nextProducerId();
    applied = snapshot.at();
    latest = applied;
    appliedBytes = 0;
    keeping.add(applied, snapshot.timeMillis(), 0);
  }

  /** The copy of a snapshot that is under way; null when none is. Any thread. */
  @Nullable CopyProgress copying() {
    return copies.progress();
  }

  /** The newest snapshot, for another node to copy; null when there is none. Any thread. */
  @Nullable CheckpointListing snapshot() throws IOException {
    return new MetadataCopy(directory).listing();
  }

  @Override
  public CompletableFuture<@Nullable TermIndexed> fetchCheckpoint(NodeId leader, long firstIndex) {
    return copies == null
        ? RaftGroupState.super.fetchCheckpoint(leader, firstIndex)
        : copies.start(
            leader, (remote, running) -> new MetadataCopy(directory).copy(remote, running, latest));
  }

  @Override
  public void leaderChanged(NodeId leader) {
    copies.leaderIs(leader);
  }

  @Override
  public void reopen() throws IOException {
    MetadataSnapshot copied = new MetadataCopy(directory).finish(latest);
    if (copied == null) {
      copied = MetadataSnapshot.read(directory);
    }
    if (copied == null) {
      throw new IOException("there is no snapshot in " + directory);
    }
    load(copied);
    LOG.info("metadata raft group: went over to the snapshot of index {}", applied.index());
    publish(view);
  }

  @Override
  public boolean isCheckpointCopied() {
    return new MetadataCopy(directory).isCopied(latest);
  }

  /** Goes back to the snapshot in this directory, or begins empty. */
  static MetadataState restore(
      Path directory,
      Placement placement,
      ReplicaLimits limits,
      InstantSource clock,
      CatchUp catchUp)
      throws IOException {
    Disk.createDirectories(directory);
    return new MetadataState(
        directory, placement, limits, clock, catchUp, MetadataSnapshot.read(directory));
  }

  /** The topics and the placement as applied here. Any thread. */
  ClusterView view() {
    return view;
  }

  boolean leads() {
    return leads;
  }

  /** The listener is told each new view, on the apply thread. */
  void addListener(Consumer<ClusterView> listener) {
    listeners.add(listener);
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the apply thread writes
  public ByteBuffer apply(long term, long index, ByteBuffer command) throws IOException {
    int sizeBytes = command.remaining();
    ByteBuffer reply;
    try {
      reply = apply(MetadataCommand.decode(command)).encode();
    } catch (MalformedEntryException e) {
      // Total: every replica has the same bytes, and none of them does anything.
      LOG.error("metadata raft group: entry {} makes no sense and is skipped", index, e);
      reply = ByteBuffer.allocate(0);
    } catch (UnknownCommandException e) {
      failed = true;
      throw new IOException("metadata raft group, entry " + index + ": " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    }
    applied = new TermIndexed(term, index);
    appliedBytes += RaftLogKeeping.ENTRY_BYTES + sizeBytes;
    return reply;
  }

  private MetadataReply apply(MetadataCommand command) {
    return switch (command) {
      case CreateTopic create -> new MetadataReply.OfTopic(create(create));
      case AlterTopic alter -> new MetadataReply.OfTopic(alter(alter));
      case DeleteTopic delete -> new MetadataReply.OfTopic(delete(delete));
      case AllocateProducerId _ -> new MetadataReply.ProducerId(nextProducerId++);
      case PlacementCommand change -> new MetadataReply.OfPlacement(place(change));
    };
  }

  private TopicOutcome create(CreateTopic create) {
    String problem = TopicName.problem(create.name());
    if (problem != null) {
      return new Invalid("name", problem);
    }
    if (create.partitionCount() < 1) {
      return new Invalid(
          "partition_count",
          "a topic must have 1 partition or more, was " + create.partitionCount());
    }
    Topic namesake = view.topic(create.name());
    if (namesake != null) {
      return new TopicExists(namesake);
    }
    if (create.partitionCount() > create.partitionsMax() - view.partitionCount()) {
      return new LimitExceeded(create.partitionsMax());
    }
    Topic topic =
        new Topic(
            create.name(), view.lastTopicId() + 1, create.partitionCount(), create.settings());
    publish(view.with(topic));
    return new Created(topic);
  }

  private TopicOutcome alter(AlterTopic alter) {
    Topic topic = view.topic(alter.name());
    if (topic == null) {
      return new UnknownTopic(alter.name());
    }
    Topic altered =
        new Topic(topic.name(), topic.topicId(), topic.partitionCount(), alter.settings());
    if (!altered.equals(topic)) {
      publish(view.with(altered));
    }
    return new Altered(altered);
  }

  private TopicOutcome delete(DeleteTopic delete) {
    Topic topic = view.topic(delete.name());
    if (topic == null) {
      return new UnknownTopic(delete.name());
    }
    publish(view.without(topic));
    return new Deleted(topic);
  }

  private PlacementOutcome place(PlacementCommand change) {
    PlacementApplier.Result result = PlacementApplier.apply(view, change);
    if (result.view() != view) {
      publish(result.view());
    }
    return result.outcome();
  }

  private void publish(ClusterView changed) {
    view = changed;
    listeners.forEach(listener -> listener.accept(changed));
  }

  @Override
  public void advance(long term, long index) {
    applied = new TermIndexed(term, index);
  }

  @Override
  public TermIndexed latestCheckpoint() {
    return latest;
  }

  /** The state is small, so the apply thread itself writes it. */
  @Override
  public void takeCheckpoint() throws IOException {
    if (applied.index() > latest.index()
        && clock.millis() - snapshotMillis >= limits.checkpointMillis()) {
      write();
    }
  }

  @Override
  public TermIndexed purgeBound() {
    return keeping.purgeBound(clock.millis(), applied.index(), appliedBytes);
  }

  private void write() throws IOException {
    snapshotMillis = clock.millis();
    ClusterView now = view;
    new MetadataSnapshot(
            applied,
            snapshotMillis,
            now.version(),
            now.lastTopicId(),
            nextProducerId,
            now.topics(),
            now.members().founded() ? now.placement() : null,
            now.members())
        .write(directory);
    latest = applied;
    keeping.add(applied, snapshotMillis, appliedBytes);
  }

  @Override
  public void leadershipChanged(boolean leader) {
    leads = leader;
  }

  @Override
  public void close() throws IOException {
    copies.close();
    if (!failed && applied.index() > latest.index()) {
      write();
    }
  }
}
