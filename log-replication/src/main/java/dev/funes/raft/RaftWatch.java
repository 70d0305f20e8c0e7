package dev.funes.raft;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the raft groups of this node, on one thread of its own: ends the node when Ratis has
 * stopped by itself, asks for checkpoints, purges the Raft logs, and moves leaders to where they
 * belong.
 *
 * <p>Ratis closes a raft group after a failure in it, and its whole server after a long pause of
 * the JVM, without a word; nothing restarts them and the process would live on without them.
 */
final class RaftWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RaftWatch.class);
  private static final long LOOK_MILLIS = 250;
  private static final long STOPPED_NANOS_MAX = SECONDS.toNanos(10);

  private final RaftServer server;
  private final Map<RaftGroupId, LocalRaftGroup> groups;
  private final FatalHandler fatal;
  private final ScheduledExecutorService thread;
  private final StandStill standStill = new StandStill(System::nanoTime);
  private final SpentHeap heap =
      new SpentHeap(System::nanoTime, SpentHeap.Collections.ofThisProcess());
  // Closing is not a failure; nor is the second look at the same failure.
  private final AtomicBoolean over = new AtomicBoolean();
  private final Map<LocalRaftGroup, Long> stoppedAtNanos = new HashMap<>(); // its own thread only
  private final Runnable endWatchOfFiles;

  private RaftWatch(
      RaftServer server,
      Map<RaftGroupId, LocalRaftGroup> groups,
      Path directory,
      NodeId self,
      FatalHandler fatal) {
    this.server = server;
    this.groups = groups;
    this.fatal = fatal;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("raft-watch-" + self).factory());
    // Term, vote and configuration: Ratis goes on when it could not write them.
    this.endWatchOfFiles =
        AtomicFileOutputStream.watchFailures(
            directory,
            e -> {
              if (!over.get()) {
                fatal.fatal("cannot write a file of " + directory + ": " + Submissions.text(e), e);
              }
            });
  }

  static RaftWatch start(
      RaftServer server,
      Map<RaftGroupId, LocalRaftGroup> groups,
      RaftSettings settings,
      NodeId self,
      Supplier<Placement> placements,
      FatalHandler fatal) {
    RaftWatch watch = new RaftWatch(server, groups, settings.directory(), self, fatal);
    watch.every(LOOK_MILLIS, watch::look);
    watch.every(
        settings.checkpointMillis(),
        () -> {
          for (LocalRaftGroup group : groups.values()) {
            var _ = group.triggerCheckpoint();
          }
        });
    watch.every(GradualPurge.STEP_MILLIS, () -> GradualPurge.step(groups.values()));
    if (settings.balanceMillis() > 0) {
      LeaderBalancer balancer =
          new LeaderBalancer(self, placements, settings.balanceMillis(), System::nanoTime);
      watch.every(LOOK_MILLIS, () -> balancer.look(groups.values()));
    }
    return watch;
  }

  private void every(long millis, Runnable work) {
    var _ =
        thread.scheduleWithFixedDelay(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                // One failed look must not be the last one.
                LOG.warn("raft watch: {}", Submissions.text(e), e);
              }
            },
            millis,
            millis,
            MILLISECONDS);
  }

  private void look() {
    long stoodStillMillis = standStill.tooLongMillis();
    if (stoodStillMillis > 0) {
      end("this process stood still for " + stoodStillMillis + " ms");
    }
    if (heap.look(SpentHeap.Collections.ofThisProcess())) {
      end("there is no heap left: this process is busy with collecting garbage (-Xmx)");
    }
    if (hasStopped(server.getLifeCycleState())) {
      end("the Raft server of this node has stopped by itself");
    }
    stoppedAtNanos.keySet().retainAll(groups.values());
    for (LocalRaftGroup group : groups.values()) {
      // One that is told to leave stops first, says so then, and is taken away soon.
      if (!hasStopped(group.lifeCycle()) || group.hasLeft()) {
        stoppedAtNanos.remove(group);
        continue;
      }
      long since = stoppedAtNanos.computeIfAbsent(group, _ -> System.nanoTime());
      if (System.nanoTime() - since > STOPPED_NANOS_MAX) {
        end("raft group " + group.id() + " of this node has stopped by itself");
      }
    }
  }

  private void end(String message) {
    if (over.compareAndSet(false, true)) {
      fatal.fatal(message, null);
    }
  }

  private static boolean hasStopped(LifeCycle.State state) {
    return switch (state) {
      case CLOSING, CLOSED, EXCEPTION -> true;
      case NEW, STARTING, RUNNING, PAUSING, PAUSED -> false;
    };
  }

  @Override
  public void close() {
    over.set(true);
    endWatchOfFiles.run();
    thread.shutdownNow();
  }
}
