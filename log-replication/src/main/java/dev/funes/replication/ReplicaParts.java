package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftGroupState;
import dev.funes.raft.RaftNode;
import dev.funes.raft.RaftSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Replica} is made of, and the order in which it comes up and goes down. */
final class ReplicaParts {

  private static final int UNLOAD_MILLIS = 2_000;

  private final RaftNode raft;
  private final MetadataGroup metadata;
  private final Map<RaftGroupId, DataGroup> dataGroups;
  private final List<Consumer<PartitionId>> partitionListeners;
  private final List<Consumer<RaftGroupId>> leadershipListeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService upkeep;
  private final ExecutorService background;
  private final DiskWatch disk;

  private ReplicaParts(
      RaftNode raft,
      MetadataGroup metadata,
      Map<RaftGroupId, DataGroup> dataGroups,
      List<Consumer<PartitionId>> partitionListeners,
      ScheduledExecutorService upkeep,
      ExecutorService background,
      DiskWatch disk) {
    this.raft = raft;
    this.metadata = metadata;
    this.dataGroups = dataGroups;
    this.partitionListeners = partitionListeners;
    this.upkeep = upkeep;
    this.background = background;
    this.disk = disk;
  }

  static ReplicaParts start(ReplicaConfig config, RaftSettings settings, FatalHandler fatal)
      throws IOException {
    String name = config.self().toString();
    ExecutorService background =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("funes-checkpoint-" + name).factory());
    ScheduledExecutorService upkeep = Upkeep.start(name);
    DiskWatch disk = DiskWatch.of(config);
    Map<RaftGroupId, DataGroupState> states = new TreeMap<>();
    boolean started = false;
    try {
      ReplicaParts parts = start(config, settings, fatal, background, upkeep, disk, states);
      started = true;
      return parts;
    } finally {
      if (!started) {
        disk.close();
        upkeep.shutdownNow();
        background.shutdown();
        states.values().forEach(DataGroupState::abandon);
      }
    }
  }

  private static ReplicaParts start(
      ReplicaConfig config,
      RaftSettings settings,
      FatalHandler fatal,
      ExecutorService background,
      ScheduledExecutorService upkeep,
      DiskWatch disk,
      Map<RaftGroupId, DataGroupState> states)
      throws IOException {
    ReplicaLimits limits = config.limits();
    Path groups = config.data().resolve("groups");
    List<Consumer<PartitionId>> partitionListeners = new CopyOnWriteArrayList<>();
    MetadataState metadataState =
        MetadataState.restore(
            groups.resolve(RaftGroupId.METADATA.toString()),
            config.placement(),
            limits,
            config.clock());
    List<RaftGroupId> raftGroups = new ArrayList<>();
    raftGroups.add(RaftGroupId.METADATA); // also on a node that is not added yet
    raftGroups.addAll(metadataState.view().placement().dataRaftGroupsOf(config.self()));
    DataGroupState.Context context =
        new DataGroupState.Context(
            limits,
            config.clock(),
            background,
            fatal,
            ProcessLimits.ofThisProcess().openSegmentsMax(raftGroups.size()),
            disk::isShort);
    for (RaftGroupId id : raftGroups) {
      if (!id.isMetadata()) {
        states.put(
            id,
            DataGroupState.restore(
                id,
                groups.resolve(id.toString()),
                context,
                partition -> partitionListeners.forEach(each -> each.accept(partition))));
      }
    }
    RaftNode raft =
        RaftNode.start(
            settings,
            config.endpoint(),
            raftGroups,
            () -> metadataState.view().placement(),
            id -> id.isMetadata() ? metadataState : state(states, id),
            fatal);
    Map<RaftGroupId, DataGroup> dataGroups = new TreeMap<>();
    states.forEach(
        (id, state) ->
            dataGroups.put(
                id, new DataGroup(id, state, raft, metadataState::view, config.clock(), limits)));
    ReplicaParts parts =
        new ReplicaParts(
            raft,
            new MetadataGroup(metadataState, raft, limits),
            Collections.unmodifiableMap(dataGroups),
            partitionListeners,
            upkeep,
            background,
            disk);
    disk.begin(parts::dataGroups, raft::triggerCheckpoint);
    parts.beginUpkeep(config, metadataState);
    return parts;
  }

  private static RaftGroupState state(Map<RaftGroupId, DataGroupState> states, RaftGroupId id) {
    DataGroupState state = states.get(id);
    if (state == null) {
      throw new IllegalArgumentException("this node does not replicate raft group " + id);
    }
    return state;
  }

  private void beginUpkeep(ReplicaConfig config, MetadataState metadataState) {
    Founding founding = new Founding(metadata, config.placement());
    Upkeep.every(upkeep, Founding.LOOK_MILLIS, founding::look);
    for (DataGroup group : dataGroups.values()) {
      Reconciler reconciler = new Reconciler(group, raft, metadataState::view, upkeep);
      Expiry expiry = new Expiry(group, metadataState::view, config.clock(), config.limits());
      group
          .groupState()
          .onLeadershipChanged(
              () -> {
                group.leadershipChanged();
                leadershipListeners.forEach(each -> each.accept(group.id()));
                Upkeep.execute(upkeep, reconciler::leadershipChanged);
              });
      metadataState.addListener(_ -> reconciler.topicsChanged());
      // Leadership may have come before anyone listened.
      Upkeep.execute(upkeep, reconciler::leadershipChanged);
      Upkeep.every(upkeep, config.limits().retentionMillis(), expiry::run);
      Upkeep.every(
          upkeep, UNLOAD_MILLIS, () -> background.execute(group.groupState().partitions()::unload));
    }
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
    return dataGroups.values();
  }

  List<Consumer<PartitionId>> partitionListeners() {
    return partitionListeners;
  }

  List<Consumer<RaftGroupId>> leadershipListeners() {
    return leadershipListeners;
  }

  /** From the top down: nothing new comes in, then the raft groups stop and close their states. */
  void close() {
    disk.close();
    upkeep.shutdownNow();
    dataGroups.values().forEach(DataGroup::close);
    try {
      raft.close();
    } finally {
      background.shutdown();
    }
  }
}
