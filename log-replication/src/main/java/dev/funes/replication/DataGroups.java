package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The data raft groups that run on this node, and what looks after each. Any thread looks. */
final class DataGroups {

  private static final int UNLOAD_MILLIS = 2_000;

  private final ReplicaConfig config;
  private final RaftNode raft;
  private final Supplier<ClusterView> views;
  private final DataGroupState.Context context;
  private final ScheduledExecutorService upkeep;
  private final ExecutorService background;
  private final Path directory;
  private final Map<RaftGroupId, Running> running = new ConcurrentSkipListMap<>();
  private final List<Consumer<PartitionId>> partitionListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<RaftGroupId>> leadershipListeners = new CopyOnWriteArrayList<>();

  private record Running(DataGroup group, Reconciler reconciler, List<Future<?>> repeated) {}

  DataGroups(
      ReplicaConfig config,
      RaftNode raft,
      Supplier<ClusterView> views,
      FatalHandler fatal,
      ScheduledExecutorService upkeep,
      ExecutorService background,
      DiskWatch disk,
      CatchUp catchUp) {
    this.config = config;
    this.raft = raft;
    this.views = views;
    this.upkeep = upkeep;
    this.background = background;
    this.directory = config.data().resolve("groups");
    // Some more than there are now may come.
    int raftGroups = 2 + views.get().placement().dataRaftGroupsOf(config.self()).size();
    this.context =
        new DataGroupState.Context(
            config.limits(),
            config.clock(),
            background,
            fatal,
            ProcessLimits.ofThisProcess().openSegmentsMax(raftGroups),
            disk::isShort,
            catchUp);
  }

  @Nullable DataGroup get(RaftGroupId id) {
    Running found = running.get(id);
    return found == null ? null : found.group;
  }

  boolean has(RaftGroupId id) {
    return running.containsKey(id);
  }

  Collection<DataGroup> all() {
    List<DataGroup> all = new ArrayList<>(running.size());
    running.values().forEach(each -> all.add(each.group));
    return Collections.unmodifiableList(all);
  }

  List<Consumer<PartitionId>> partitionListeners() {
    return partitionListeners;
  }

  List<Consumer<RaftGroupId>> leadershipListeners() {
    return leadershipListeners;
  }

  /**
   * Goes back to the newest checkpoint of a raft group, or begins empty, and joins it.
   *
   * @param founders see {@link RaftNode#addRaftGroup}
   * @throws IOException see {@link Damage#is}; nothing of it runs then
   */
  void start(RaftGroupId id, List<NodeEndpoint> founders) throws IOException {
    DataGroupState state =
        DataGroupState.restore(
            id,
            directory.resolve(id.toString()),
            context,
            partition -> partitionListeners.forEach(each -> each.accept(partition)));
    try {
      raft.addRaftGroup(id, state, founders).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
    DataGroup group = new DataGroup(id, state, raft, views, config.clock(), config.limits());
    lookAfter(group);
  }

  private void lookAfter(DataGroup group) {
    Reconciler reconciler = new Reconciler(group, raft, views, upkeep);
    Expiry expiry = new Expiry(group, views, config.clock(), config.limits());
    group
        .groupState()
        .onLeadershipChanged(
            () -> {
              group.leadershipChanged();
              leadershipListeners.forEach(each -> each.accept(group.id()));
              Upkeep.execute(upkeep, reconciler::leadershipChanged);
            });
    List<Future<?>> repeated =
        List.of(
            Upkeep.every(upkeep, config.limits().retentionMillis(), expiry::run),
            Upkeep.every(
                upkeep,
                UNLOAD_MILLIS,
                () -> background.execute(group.groupState().partitions()::unload)));
    running.put(group.id(), new Running(group, reconciler, repeated));
    // Leadership and partitions may have come before anyone listened.
    leadershipListeners.forEach(each -> each.accept(group.id()));
    group
        .groupState()
        .partitions()
        .all()
        .forEach(each -> partitionListeners.forEach(listener -> listener.accept(each.id())));
    Upkeep.execute(upkeep, reconciler::leadershipChanged);
  }

  /** The topics have changed. */
  void topicsChanged() {
    running.values().forEach(each -> each.reconciler.topicsChanged());
  }

  /** Stops a raft group here, if it runs; its files stay. */
  void stop(RaftGroupId id) throws IOException {
    Running found = running.remove(id);
    if (found == null) {
      raft.removeRaftGroup(id);
      return;
    }
    found.repeated.forEach(each -> each.cancel(false));
    List<PartitionId> gone =
        found.group.groupState().partitions().all().stream().map(each -> each.id()).toList();
    found.group.close();
    raft.removeRaftGroup(id);
    gone.forEach(partition -> partitionListeners.forEach(each -> each.accept(partition)));
    leadershipListeners.forEach(each -> each.accept(id));
  }

  /** Takes no more commands. The raft groups themselves go with the {@link RaftNode}. */
  void close() {
    running.values().forEach(each -> each.group.close());
  }
}
