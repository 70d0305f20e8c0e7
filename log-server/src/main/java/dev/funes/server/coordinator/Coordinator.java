package dev.funes.server.coordinator;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.group.GroupRecord;
import dev.funes.replication.OffsetUpdate;
import dev.funes.replication.Replica;
import dev.funes.server.coordinator.GroupProblem.Kind;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coordinates the consumer groups whose raft groups this node leads.
 *
 * <p>Any thread may call; everything happens on one thread of its own, where futures complete, too:
 * what hangs on them must be quick and must not block, or be told an executor. They fail with
 * {@link GroupProblem}.
 */
public final class Coordinator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final int TICK_MILLIS = 200;

  /** Long enough for an update whose outcome is unknown to be applied, mostly. */
  private static final int READ_AGAIN_MILLIS = 200;

  private static final int CLIENT_ID_SHOWN_MAX = 40;

  private final GroupStore store;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final CoordinatorThread thread = new CoordinatorThread();
  private final AtomicBoolean topicsChanged = new AtomicBoolean();

  // The rest is for the executor's thread.
  private final Map<String, LiveGroup> groups = new HashMap<>();
  private final Map<RaftGroupId, Integer> leaderships = new HashMap<>();
  private final Surroundings surroundings = new Here();
  private final ElapsedClock elapsed = new ElapsedClock();
  private Subscriptions subscriptions;

  Coordinator(GroupStore store, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.subscriptions = new Subscriptions(store.view());
  }

  /** Begins to coordinate what the replica leads, now and later. */
  public static Coordinator start(Replica replica, InstantSource clock) {
    Coordinator coordinator =
        new Coordinator(new ReplicaGroupStore(replica), clock, new SecureRandom());
    replica.addLeadershipListener(
        raftGroup -> coordinator.thread.execute(() -> coordinator.lookAt(raftGroup)));
    replica.metadata().addListener(_ -> coordinator.viewChanged());
    coordinator.viewChanged(); // it may have, before anyone listened
    for (RaftGroupId raftGroup : replica.placement().raftGroupsOf(replica.self())) {
      if (!raftGroup.isMetadata()) {
        // Leadership may have come before anyone listened.
        coordinator.thread.execute(() -> coordinator.lookAt(raftGroup));
      }
    }
    coordinator.startTicking();
    return coordinator;
  }

  /** One line that says why this cannot be the pattern of a subscription; null when it can. */
  public static @Nullable String patternProblem(String pattern) {
    return TopicPattern.problem(pattern);
  }

  /** A stream asks to join, to come back, or to change what it reads; the sink is told. */
  public void join(String group, Joining joining, MemberSink sink) {
    boolean taken =
        thread.execute(
            () -> {
              try {
                live(group).join(joining, sink);
              } catch (GroupProblem e) {
                sink.ended(e);
              }
            });
    if (!taken) {
      sink.ended(closing());
    }
  }

  /** The member lives; the sink gets the generation. */
  public void heartbeat(String group, String memberId, MemberSink sink) {
    ifLive(group, live -> live.heartbeat(memberId, sink));
  }

  /** The member lives. */
  public void heard(String group, String memberId, MemberSink sink) {
    ifLive(group, live -> live.heard(memberId, sink));
  }

  /** The member does not read these partitions any more. */
  public void release(
      String group, String memberId, MemberSink sink, Set<Assigned.Revoked> partitions) {
    ifLive(
        group,
        live -> {
          Set<PartitionId> ids = new HashSet<>();
          for (Assigned.Revoked each : partitions) {
            Topic topic = subscriptions.view().topic(each.topic());
            if (topic != null && topic.hasPartition(each.partition())) {
              ids.add(topic.partition(each.partition()));
            }
          }
          live.release(memberId, sink, ids);
        });
  }

  /** The member goes for good; the sink is told when that is stored. */
  public void leave(String group, String memberId, MemberSink sink) {
    ifLive(group, live -> live.leave(memberId, sink));
  }

  /** Runs something when all that was asked for before has been looked at. */
  public void afterThat(Runnable task) {
    thread.execute(task);
  }

  /** The stream is broken or closed; the member has its session timeout to come back. */
  public void disconnected(String group, MemberSink sink) {
    ifLive(group, live -> live.disconnected(sink));
  }

  /** The consumer group as it is; {@link Kind.UnknownGroup} when nothing is known of it. */
  public CompletableFuture<GroupSnapshot> describe(String group) {
    return with(group, live -> CompletableFuture.completedFuture(live.snapshot()), true);
  }

  /** Members are to read nothing, or to go on. */
  public CompletableFuture<Void> pause(String group, boolean paused) {
    return with(group, live -> live.pause(paused), true);
  }

  /** Sends a member away, named by its id or its instance id. */
  public CompletableFuture<Void> kick(String group, String memberOrInstanceId) {
    return with(group, live -> live.kick(memberOrInstanceId), true);
  }

  /** Forgets a consumer group without members; {@link Kind.NotEmpty} when it has some. */
  public CompletableFuture<Void> delete(String group) {
    return with(group, LiveGroup::delete, true);
  }

  /**
   * Moves stored offsets. Members that hold the partitions are made to let go of them first, which
   * may take as long as their rebalance timeouts; they are then given them again. {@link
   * Kind.Resetting} when that is under way for an earlier call. When the coordinator changes
   * meanwhile, the outcome is unknown to the caller, and the new one goes on with it.
   */
  public CompletableFuture<OffsetsUpdated> updateOffsets(String group, OffsetUpdate update) {
    return with(group, live -> live.updateOffsets(update), false);
  }

  /** Ends the streams; members have their session timeouts to find the next coordinator. */
  @Override
  public void close() {
    thread.execute(() -> List.copyOf(groups.values()).forEach(live -> live.close(closing())));
    thread.close();
  }

  void startTicking() {
    thread.every(TICK_MILLIS, this::tick);
  }

  private void tick() {
    List.copyOf(leaderships.keySet()).forEach(this::lookAt);
    List.copyOf(groups.values()).forEach(LiveGroup::tick);
  }

  /** Takes over, or lets go of, the consumer groups of a raft group when leadership changed. */
  void lookAt(RaftGroupId raftGroup) {
    int leadership = store.leadership(raftGroup);
    Integer known = leaderships.get(raftGroup);
    if (leadership < 0 ? known == null : known != null && known == leadership) {
      return;
    }
    GroupProblem moved = notHere(raftGroup);
    for (LiveGroup live : List.copyOf(groups.values())) {
      if (store.raftGroup(live.name()).equals(raftGroup)) {
        live.close(moved);
      }
    }
    if (leadership < 0) {
      leaderships.remove(raftGroup);
      return;
    }
    leaderships.put(raftGroup, leadership);
    int count = 0;
    for (String group : store.groups(raftGroup)) {
      GroupRecord record = store.record(group);
      if (record != null && !record.members().isEmpty()) {
        take(group, record);
        count++;
      }
    }
    LOG.debug("raft group {}: coordinates {} consumer groups with members", raftGroup, count);
  }

  private LiveGroup take(String group, GroupRecord record) {
    LiveGroup live = new LiveGroup(group, record, store, surroundings);
    groups.put(group, live);
    if (!record.members().isEmpty()) {
      live.refresh();
    }
    return live;
  }

  /** The group in memory; throws {@link GroupProblem} when this node does not coordinate it. */
  private LiveGroup live(String group) {
    RaftGroupId raftGroup = store.raftGroup(group);
    lookAt(raftGroup);
    if (!leaderships.containsKey(raftGroup)) {
      throw notHere(raftGroup);
    }
    LiveGroup live = groups.get(group);
    if (live != null) {
      return live;
    }
    GroupRecord record = store.record(group);
    return take(group, record == null ? GroupRecord.empty(clock.millis()) : record);
  }

  /** A group that was let go of although it has members: its sessions must still come to an end. */
  private void takeAgain(String group) {
    if (leaderships.containsKey(store.raftGroup(group)) && !groups.containsKey(group)) {
      GroupRecord record = store.record(group);
      if (record != null && !record.members().isEmpty()) {
        take(group, record);
      }
    }
  }

  private <T> CompletableFuture<T> with(
      String group, Function<LiveGroup, CompletableFuture<T>> call, boolean mustExist) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean taken =
        thread.execute(
            () -> {
              try {
                LiveGroup live = live(group);
                if (mustExist && live.record().version() == 0 && !store.exists(group)) {
                  live.forgetWhenIdle();
                  throw new GroupProblem(
                      new Kind.UnknownGroup(), "group " + group + " does not exist");
                }
                var _ =
                    call.apply(live)
                        .whenComplete(
                            (value, failure) -> {
                              if (failure != null) {
                                answer.completeExceptionally(failure);
                              } else {
                                answer.complete(value);
                              }
                            });
                live.forgetWhenIdle();
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    if (!taken) {
      answer.completeExceptionally(closing());
    }
    return answer;
  }

  private void ifLive(String group, Consumer<LiveGroup> call) {
    thread.execute(
        () -> {
          LiveGroup live = groups.get(group);
          if (live != null) {
            call.accept(live);
          }
        });
  }

  /** Looks at the topics again, soon. */
  void viewChanged() {
    if (topicsChanged.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            topicsChanged.set(false);
            refresh(store.view());
          });
    }
  }

  private void refresh(ClusterView view) {
    ClusterView former = subscriptions.view();
    if (view.version() == former.version()) {
      return;
    }
    subscriptions = new Subscriptions(view);
    Set<String> names = Subscriptions.changedNames(former, view);
    for (LiveGroup live : new ArrayList<>(groups.values())) {
      if (live.reads(names)) {
        live.refresh();
      }
    }
  }

  private GroupProblem notHere(RaftGroupId raftGroup) {
    return new GroupProblem(
        new Kind.NotCoordinator(store.leader(raftGroup)),
        "this node does not coordinate the consumer group");
  }

  private static GroupProblem closing() {
    return GroupProblem.unavailable("the node is closing");
  }

  private final class Here implements Surroundings {
    @Override
    public long elapsedMillis() {
      return elapsed.millis();
    }

    @Override
    public long nowMillis() {
      return clock.millis();
    }

    @Override
    public Subscriptions subscriptions() {
      return subscriptions;
    }

    @Override
    public String freshId(String clientId) {
      String shown =
          clientId.codePoints().allMatch(c -> c > ' ' && c < 0x7f)
              ? clientId.substring(0, Math.min(CLIENT_ID_SHOWN_MAX, clientId.length()))
              : "";
      return "%s-%016x".formatted(shown.isEmpty() ? "member" : shown, random.nextLong());
    }

    @Override
    public <T> void whenDone(CompletableFuture<T> future, Consumer<@Nullable T> then) {
      thread.whenDone(future, then);
    }

    @Override
    public void soon(Runnable task) {
      thread.execute(task);
    }

    @Override
    public void later(long millis, Runnable task) {
      thread.later(millis, task);
    }

    @Override
    public void forget(LiveGroup group) {
      if (groups.remove(group.name(), group)) {
        later(READ_AGAIN_MILLIS, () -> takeAgain(group.name()));
      }
    }
  }
}
