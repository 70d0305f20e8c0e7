package dev.funes.replication;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftNode;
import dev.funes.raft.RaftSettings;
import dev.funes.raft.RaftVoters;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Replica} is made of, and the order in which it goes down. */
final class ReplicaParts {

  private final RaftNode raft;
  private final MetadataGroup metadata;
  private final DataGroups dataGroups;
  private final Membership membership;
  private final Mover mover;
  private final ScheduledExecutorService upkeep;
  private final ExecutorService background;
  private final DiskWatch disk;
  private final CatchUp catchUp;

  private ReplicaParts(
      ReplicaStart start,
      ScheduledExecutorService upkeep,
      ExecutorService background,
      DiskWatch disk) {
    this.raft = start.raft();
    this.metadata = start.metadata();
    this.dataGroups = start.dataGroups();
    this.membership = start.membership();
    this.mover = start.mover();
    this.upkeep = upkeep;
    this.background = background;
    this.disk = disk;
    this.catchUp = start.catchUp();
  }

  static ReplicaParts start(ReplicaConfig config, RaftSettings settings, FatalHandler fatal)
      throws IOException {
    String name = config.self().toString();
    ExecutorService background =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("funes-checkpoint-" + name).factory());
    ScheduledExecutorService upkeep = Upkeep.start(name);
    DiskWatch disk = DiskWatch.of(config);
    boolean started = false;
    try {
      ReplicaStart start = ReplicaStart.run(config, settings, fatal, upkeep, background, disk);
      ReplicaParts parts = new ReplicaParts(start, upkeep, background, disk);
      disk.begin(
          parts::dataGroups,
          group -> {
            var _ = parts.raft.triggerCheckpoint(group);
          },
          fatal);
      parts.beginUpkeep(config);
      started = true;
      return parts;
    } finally {
      if (!started) {
        disk.close();
        upkeep.shutdownNow();
        background.shutdown();
      }
    }
  }

  private void beginUpkeep(ReplicaConfig config) {
    Founding founding = new Founding(metadata, config.placement());
    var _ = Upkeep.every(upkeep, Founding.LOOK_MILLIS, founding::look);
    metadata.addListener(_ -> dataGroups.topicsChanged());
    membership.start();
  }

  CatchUp catchUp() {
    return catchUp;
  }

  RaftNode raft() {
    return raft;
  }

  MetadataGroup metadata() {
    return metadata;
  }

  DiskReserve diskReserve() {
    return disk.reserve();
  }

  @Nullable DataGroup dataGroup(RaftGroupId id) {
    return dataGroups.get(id);
  }

  Collection<DataGroup> dataGroups() {
    return dataGroups.all();
  }

  List<Consumer<PartitionId>> partitionListeners() {
    return dataGroups.partitionListeners();
  }

  List<Consumer<RaftGroupId>> leadershipListeners() {
    return dataGroups.leadershipListeners();
  }

  void connect(ReplicaPeers peers) {
    raft.askAppliedIndexes(
        (node, id) -> {
          NodeEndpoint endpoint = metadata.view().placement().node(node);
          return endpoint == null
              ? CompletableFuture.failedFuture(
                  new IOException("node " + node + " is not in the cluster"))
              : peers.appliedIndex(endpoint, id);
        });
    membership.connect(peers);
  }

  CompletableFuture<ForgetOutcome> forget(RaftGroupId id, NodeId lost, boolean onlyAsk) {
    return mover.forget(id, lost, onlyAsk);
  }

  Movement movement(RaftGroupId id) {
    RaftVoters voters = raft.voters(id);
    return new Movement(voters.nodes(), voters.settled(), membership.doing(id));
  }

  void close() {
    disk.close();
    membership.close();
    upkeep.shutdownNow();
    dataGroups.close();
    try {
      raft.close();
    } finally {
      background.shutdown();
    }
  }
}
