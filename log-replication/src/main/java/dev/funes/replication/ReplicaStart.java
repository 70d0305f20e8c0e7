package dev.funes.replication;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftNode;
import dev.funes.raft.RaftSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the replicas of a node up: the metadata raft group first, then each data raft group that
 * has a Raft log here. A damaged one is set aside and does not hold up the others; {@link
 * Membership} gets it back from them.
 */
final class ReplicaStart {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaStart.class);

  private final ReplicaConfig config;
  private final ReplicaMarks marks;
  private final SetAside setAside;
  private final Path metadataDirectory;
  private final RaftNode raft;
  private final MetadataState metadataState;
  private final boolean metadataRuns;
  private final CatchUp catchUp;
  private final DataGroups dataGroups;
  private final Mover mover;
  private final Membership membership;

  static ReplicaStart run(
      ReplicaConfig config,
      RaftSettings settings,
      FatalHandler fatal,
      ScheduledExecutorService upkeep,
      ExecutorService background,
      DiskWatch disk)
      throws IOException {
    AtomicReference<@Nullable ReplicaStart> started = new AtomicReference<>();
    AtomicReference<Placement> placement = new AtomicReference<>(config.placement());
    RaftNode raft =
        RaftNode.start(
            settings,
            config.endpoint(),
            () -> {
              ReplicaStart known = started.get();
              return known == null ? placement.get() : known.metadataState.view().placement();
            },
            fatal,
            id -> {
              ReplicaStart known = started.get();
              if (known != null) {
                known.membership.toldToLeave(id);
              }
            });
    boolean whole = false;
    try {
      ReplicaStart start =
          new ReplicaStart(config, settings, fatal, upkeep, background, disk, raft, placement);
      started.set(start);
      whole = true;
      return start;
    } finally {
      if (!whole) {
        raft.close();
      }
    }
  }

  private ReplicaStart(
      ReplicaConfig config,
      RaftSettings settings,
      FatalHandler fatal,
      ScheduledExecutorService upkeep,
      ExecutorService background,
      DiskWatch disk,
      RaftNode raft,
      AtomicReference<Placement> placement)
      throws IOException {
    String clusterId = config.placement().clusterId();
    this.config = config;
    this.raft = raft;
    this.catchUp = new CatchUp(config.limits().catchUpBytesPerSecond(), fatal, disk::isShort);
    this.marks = new ReplicaMarks(settings.directory(), clusterId);
    this.setAside = new SetAside(config.data(), settings.directory(), clusterId, config.clock());
    this.metadataDirectory = setAside.groupFiles(RaftGroupId.METADATA);
    setAside.deleteLeftovers();
    boolean founding = config.founding() || marks.isFounding();
    if (founding) {
      marks.setFounding();
    }
    MetadataState restored = startMetadata(founding);
    this.metadataRuns = restored != null;
    this.metadataState = restored != null ? restored : restoreMetadata();
    placement.set(metadataState.view().placement());
    this.dataGroups =
        new DataGroups(config, raft, metadataState::view, fatal, upkeep, background, disk, catchUp);
    for (RaftGroupId id : placement.get().dataRaftGroups()) {
      startData(id, founding);
    }
    marks.clearFounding();
    this.mover = new Mover(config.self(), raft, metadataState::view);
    this.membership =
        new Membership(
            config, raft, metadataState, dataGroups, marks, setAside, mover, fatal, metadataRuns);
  }

  /** Null when the metadata raft group has to be joined first. */
  private @Nullable MetadataState startMetadata(boolean founding) throws IOException {
    RaftGroupId id = RaftGroupId.METADATA;
    if (!mayStart(id, founding)) {
      setAside.keep(id); // a snapshot without a Raft log is of no use
      return null;
    }
    try {
      MetadataState state = restoreMetadata();
      raft.addRaftGroup(id, state, founders(id)).join();
      return state;
    } catch (IOException | CompletionException e) {
      heal(id, config.placement(), e);
      return null;
    }
  }

  private MetadataState restoreMetadata() throws IOException {
    return MetadataState.restore(
        metadataDirectory, config.placement(), config.limits(), config.clock(), catchUp);
  }

  private void startData(RaftGroupId id, boolean founding) throws IOException {
    Placement now = metadataState.view().placement();
    boolean isHere = Files.exists(setAside.raftFiles(id));
    boolean isFounder = founding && now.replicas(id).contains(config.self());
    if ((isHere || isFounder) && mayStart(id, founding)) {
      try {
        dataGroups.start(id, founders(id));
      } catch (IOException | CompletionException e) {
        heal(id, now, e);
      }
    }
  }

  /**
   * A replica without a Raft log here is made only in a new cluster, or after asking the others.
   */
  private boolean mayStart(RaftGroupId id, boolean founding) throws IOException {
    if (marks.mustRejoin(id)) {
      Path kept = setAside.keep(id); // A crash may have come before.
      LOG.warn(
          "raft group {}: was found damaged before, and has to be joined again; files in {}",
          id,
          kept);
      return false;
    }
    return Files.exists(setAside.raftFiles(id))
        || isAlone(config.placement(), id)
        || (founding && !marks.hasJoined(id));
  }

  private void heal(RaftGroupId id, Placement placement, Exception failure) throws IOException {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!Damage.is(failure) || isAlone(placement, id)) {
      if (cause instanceof IOException e) {
        throw e;
      }
      throw new IOException("raft group " + id + " cannot start: " + cause, cause);
    }
    marks.setRejoin(id, String.valueOf(cause));
    Path kept = setAside.keep(id);
    LOG.error(
        "raft group {}: its replica here is damaged and is not used any more: {}. All of it is now"
            + " in {}; this node takes a new one from the other replicas",
        id,
        String.valueOf(cause),
        kept);
  }

  /** There is nobody to take a copy from. */
  private boolean isAlone(Placement placement, RaftGroupId id) {
    return placement.replicas(id).equals(List.of(config.self()));
  }

  private List<NodeEndpoint> founders(RaftGroupId id) {
    if (marks.hasJoined(id)) {
      return List.of();
    }
    List<NodeId> replicas = config.placement().replicas(id);
    return config.placement().nodes().stream()
        .filter(node -> replicas.contains(node.id()))
        .toList();
  }

  CatchUp catchUp() {
    return catchUp;
  }

  RaftNode raft() {
    return raft;
  }

  MetadataGroup metadata() {
    return new MetadataGroup(metadataState, raft, config.limits());
  }

  DataGroups dataGroups() {
    return dataGroups;
  }

  Mover mover() {
    return mover;
  }

  Membership membership() {
    return membership;
  }
}
