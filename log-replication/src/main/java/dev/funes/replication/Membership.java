package dev.funes.replication;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.raft.FatalHandler;
import dev.funes.raft.RaftNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this node replicate what the placement puts here, and nothing else. One thread of its own,
 * which may wait for the disk, but not for other nodes.
 *
 * <p>A replica comes empty, and only after the raft group has confirmed that it does not count on
 * one here: a voter that has lost what it acknowledged must not vote. For a damaged replica that
 * means that the others remove this node from their voters first; the {@link Mover} of their leader
 * then adds it again. A replica goes only when it has stopped and the raft group has confirmed that
 * this node is not a voter.
 */
final class Membership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final long LOOK_MILLIS = 500;
  private static final long WAITING_LINE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ReplicaConfig config;
  private final RaftNode raft;
  private final MetadataState metadata;
  private final DataGroups dataGroups;
  private final ReplicaMarks marks;
  private final SetAside setAside;
  private final FatalHandler fatal;
  private final Mover mover;
  private final ScheduledExecutorService thread;
  private final Set<RaftGroupId> toldToLeave = ConcurrentHashMap.newKeySet();
  private final Map<RaftGroupId, Question> questions = new ConcurrentHashMap<>();
  private volatile @Nullable ReplicaPeers peers;
  private volatile boolean metadataRuns;

  /** What the raft group is being asked before a replica may come or go. */
  private static final class Question {
    private final String doing;
    private final long sinceNanos = System.nanoTime();
    private long linesAtNanos = sinceNanos;
    private @Nullable CompletableFuture<ForgetOutcome> answer;
    private int asked;
    private boolean stopped;
    private @Nullable NodeId hint;

    Question(String doing) {
      this.doing = doing;
    }
  }

  Membership(
      ReplicaConfig config,
      RaftNode raft,
      MetadataState metadata,
      DataGroups dataGroups,
      ReplicaMarks marks,
      SetAside setAside,
      Mover mover,
      FatalHandler fatal,
      boolean metadataRuns) {
    this.config = config;
    this.raft = raft;
    this.metadata = metadata;
    this.dataGroups = dataGroups;
    this.marks = marks;
    this.setAside = setAside;
    this.mover = mover;
    this.fatal = fatal;
    this.metadataRuns = metadataRuns;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("funes-membership-" + config.self()).factory());
  }

  void start() {
    var _ = Upkeep.every(thread, LOOK_MILLIS, this::look);
    metadata.addListener(_ -> Upkeep.execute(thread, this::look));
  }

  /** Until this is called no other node can be asked. */
  void connect(ReplicaPeers reached) {
    peers = reached;
    Upkeep.execute(thread, this::look);
  }

  /** Any thread: the leader says that this node is not a voter. */
  void toldToLeave(RaftGroupId id) {
    if (id.isMetadata()) {
      // Everything here hangs on it, so it comes back with a new start.
      Upkeep.execute(
          thread,
          () -> {
            try {
              marks.setRejoin(id, "this node is not one of its voters any more");
            } catch (IOException e) {
              LOG.error("metadata raft group: cannot note that it has to be joined again", e);
            }
            fatal.fatal(
                "this node is not a voter of the metadata raft group any more; it asks to be added"
                    + " when it starts again",
                null);
          });
      return;
    }
    toldToLeave.add(id);
    Upkeep.execute(thread, this::look);
  }

  /** What is done about a raft group here; empty when nothing is. Any thread. */
  String doing(RaftGroupId id) {
    Question question = questions.get(id);
    if (question != null) {
      return question.doing;
    }
    return mover.doing(id);
  }

  private void look() {
    if (!metadataRuns) {
      come(RaftGroupId.METADATA, "rejoining");
    }
    ClusterView view = metadata.view();
    Placement placement = view.placement();
    for (RaftGroupId id : placement.dataRaftGroups()) {
      boolean wished = placement.replicas(id).contains(config.self());
      if (marks.mustRejoin(id)) {
        come(id, "rejoining");
      } else if (isLeaving(id) || (dataGroups.has(id) && (toldToLeave.contains(id) || !wished))) {
        if (view.members().founded()) {
          go(id);
        }
      } else if (!dataGroups.has(id) && wished && view.members().founded()) {
        come(id, "joining");
      } else {
        questions.remove(id);
      }
    }
    mover.look();
  }

  private boolean isLeaving(RaftGroupId id) {
    Question question = questions.get(id);
    return question != null && question.stopped;
  }

  /** A replica that is to come, once nobody counts on one here. */
  private void come(RaftGroupId id, String doing) {
    Question question = questions.computeIfAbsent(id, _ -> new Question(doing));
    if (!(answer(id, question, false) instanceof ForgetOutcome.Forgotten)) {
      return;
    }
    try {
      marks.setJoined(id);
      marks.clearRejoin(id);
      questions.remove(id);
      if (id.isMetadata()) {
        raft.addRaftGroup(id, metadata, List.of()).join();
        metadataRuns = true;
      } else if (metadata.view().placement().replicas(id).contains(config.self())) {
        setAside.keep(id);
        dataGroups.start(id, List.of());
      }
      LOG.info("raft group {}: has an empty replica here, which waits to be added", id);
    } catch (IOException | RuntimeException e) {
      LOG.error("raft group {}: no replica could be made; it is tried again", id, e);
    }
  }

  /** A replica that is to go, once nobody counts on it. */
  private void go(RaftGroupId id) {
    Question question = questions.computeIfAbsent(id, _ -> new Question("leaving"));
    if (!(answer(id, question, true) instanceof ForgetOutcome.Forgotten)) {
      return;
    }
    try {
      if (!question.stopped) {
        // It might have been made a voter since the answer; from here on it cannot be.
        LOG.info("raft group {}: this node is not a voter, its replica stops", id);
        dataGroups.stop(id);
        question.stopped = true;
        return; // to ask once more
      }
      toldToLeave.remove(id);
      questions.remove(id);
      setAside.delete(id);
      marks.clearJoined(id);
      LOG.info("raft group {}: its replica here is deleted", id);
    } catch (IOException | RuntimeException e) {
      LOG.error("raft group {}: its replica could not be removed; it is tried again", id, e);
    }
  }

  /** The answer to the question, if there is one by now; it is asked again when there is not. */
  private @Nullable ForgetOutcome answer(RaftGroupId id, Question question, boolean onlyAsk) {
    CompletableFuture<ForgetOutcome> asked = question.answer;
    ForgetOutcome outcome = null;
    if (asked != null) {
      if (!asked.isDone()) {
        return null;
      }
      outcome = asked.isCompletedExceptionally() ? null : asked.join();
    }
    question.answer = null;
    if (outcome instanceof ForgetOutcome.Forgotten) {
      return outcome;
    }
    if (outcome instanceof ForgetOutcome.NotLeader(NodeId leader)) {
      question.hint = leader;
    }
    if (outcome instanceof ForgetOutcome.NotYet && question.stopped) {
      restart(id, question);
      return outcome;
    }
    tell(id, question, outcome);
    question.answer = ask(id, question, onlyAsk);
    return outcome;
  }

  /** It was made a voter just before it stopped, and still has everything. */
  private void restart(RaftGroupId id, Question question) {
    try {
      questions.remove(id);
      toldToLeave.remove(id);
      dataGroups.start(id, List.of());
      LOG.info("raft group {}: this node is a voter after all, its replica runs again", id);
    } catch (IOException | RuntimeException e) {
      questions.put(id, question);
      LOG.error("raft group {}: cannot start its replica again; it is tried again", id, e);
    }
  }

  private void tell(RaftGroupId id, Question question, @Nullable ForgetOutcome outcome) {
    if (question.asked > 0 && System.nanoTime() - question.linesAtNanos > WAITING_LINE_NANOS) {
      question.linesAtNanos = System.nanoTime();
      LOG.warn(
          "raft group {}: {} for {} s already, its leader has not agreed: {}",
          id,
          question.doing,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - question.sinceNanos),
          outcome);
    }
  }

  private @Nullable CompletableFuture<ForgetOutcome> ask(
      RaftGroupId id, Question question, boolean onlyAsk) {
    ReplicaPeers reached = peers;
    List<NodeEndpoint> others =
        metadata.view().placement().nodes().stream()
            .filter(node -> !node.id().equals(config.self()))
            .toList();
    if (reached == null || others.isEmpty()) {
      return null;
    }
    if (question.asked == 0) {
      LOG.info("raft group {}: {}, asking its leader", id, question.doing);
    }
    NodeEndpoint to = others.get(question.asked % others.size());
    NodeId hint = question.hint;
    for (NodeEndpoint node : others) {
      if (node.id().equals(hint)) {
        to = node;
      }
    }
    question.hint = null;
    question.asked++;
    try {
      return reached.forget(to, id, config.self(), onlyAsk);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      // A replica may be coming just now; it must be whole before everything is closed.
      if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
        LOG.warn("a replica is still coming or going");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
