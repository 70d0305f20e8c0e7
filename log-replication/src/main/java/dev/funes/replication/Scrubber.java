package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.LogScrub;
import dev.funes.log.PartitionLog;
import dev.funes.raft.FatalHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every segment of a node again now and then, on one thread and slowly, and has damage
 * repaired. Damage that a reader comes upon is looked at first.
 *
 * <p>Thread-safe.
 */
public final class Scrubber implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

  /** After a start there is other work; and a node that starts again and again reads on at last. */
  private static final long FIRST_MILLIS_MAX = 60_000;

  private static final long NAP_MILLIS = 100;
  private static final long CLOSE_MILLIS_MAX = 2_000;

  /** A segment by its partition and base offset. */
  record Place(PartitionId partition, long baseOffset) {}

  private record Task(PartitionId partition, PartitionLog log, long baseOffset) {
    Place place() {
      return new Place(partition, baseOffset);
    }
  }

  private final Supplier<Collection<DataGroup>> groups;
  private final ScrubLimits limits;
  private final ScrubPace pace;
  private final SegmentCure cure;
  private final FatalHandler fatal;
  private final Thread thread;
  private final Queue<Task> suspects = new ConcurrentLinkedQueue<>();
  private final Set<Place> suspected = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile boolean running;
  private volatile long passDoneBytes;
  private volatile long passTotalBytes;
  private final AtomicLong passes = new AtomicLong();

  /**
   * A scrubber that does nothing before {@link #begin}.
   *
   * @param directory for files that it makes, on the same file system as the segments
   * @param fatal is told when a repaired file could not be forced
   */
  Scrubber(
      String name,
      Supplier<Collection<DataGroup>> groups,
      ScrubLimits limits,
      Path directory,
      FatalHandler fatal) {
    this.groups = groups;
    this.limits = limits;
    this.pace = new ScrubPace(limits.bytesPerSecond());
    this.cure = new SegmentCure(directory, pace);
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().daemon().name("funes-scrub-" + name).unstarted(this::run);
  }

  /** Goes to work. Once. */
  public void begin(ReplicaBatches others) {
    cure.repairFrom(others);
    thread.start();
  }

  /** Reads everything now, or once more when it is at it. */
  public void startNow() {
    wanted.set(true);
  }

  /** A reader came upon damage at this offset: it is looked at soon. Any thread, at no cost. */
  public void suspect(PartitionId partition, PartitionLog log, long offset) {
    long base = new LogScrub(log).segmentOf(offset);
    Task task = new Task(partition, log, base);
    if (base >= 0 && suspected.add(task.place())) {
      suspects.add(task);
    }
  }

  public ScrubStatus status() {
    return cure.status(
        running || wanted.get(),
        passDoneBytes,
        Math.max(passTotalBytes, passDoneBytes),
        passes.get());
  }

  private void run() {
    try {
      long untilPass = Math.min(limits.intervalMillis(), FIRST_MILLIS_MAX);
      while (true) {
        pace.sleepMillis(NAP_MILLIS);
        untilPass -= NAP_MILLIS;
        lookAtSuspects();
        if (wanted.get() || (limits.intervalMillis() > 0 && untilPass <= 0)) {
          pass();
          untilPass = limits.intervalMillis();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the node closes", e);
    } catch (UncheckedIOException e) {
      fatal.fatal("a repaired segment could not be made durable: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      LOG.error("no more damage is looked for: this is a bug", e);
      running = false;
    }
  }

  private void pass() throws InterruptedException {
    List<Task> tasks = tasks();
    long total = 0;
    for (Task task : tasks) {
      total += new LogScrub(task.log).bytes(task.baseOffset);
    }
    passDoneBytes = 0;
    passTotalBytes = total;
    running = true;
    wanted.set(false);
    ScrubStatus before = status();
    LOG.info("scrub of {} segments with {} bytes begins", tasks.size(), total);
    long done = 0;
    for (Task task : tasks) {
      lookAtSuspects();
      look(task, true);
      done += new LogScrub(task.log).bytes(task.baseOffset);
      passDoneBytes = done;
    }
    passes.incrementAndGet();
    running = false;
    ScrubStatus after = status();
    LOG.info(
        "scrub ends: {} damaged batches found, {} repaired, {} segments still damaged",
        after.corruptBatches() - before.corruptBatches(),
        after.repairedBatches() - before.repairedBatches(),
        after.damagedSegments());
  }

  /** In no order: a node that never comes to the end reads all of it in time nevertheless. */
  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    for (DataGroup group : groups.get()) {
      for (Partitions.Partition partition : group.groupState().partitions().all()) {
        for (long base : new LogScrub(partition.log()).segments()) {
          tasks.add(new Task(partition.id(), partition.log(), base));
        }
      }
    }
    Collections.shuffle(tasks);
    return tasks;
  }

  private void lookAtSuspects() throws InterruptedException {
    for (SegmentCure.Patient due : cure.due()) {
      look(new Task(due.partition(), due.log(), due.baseOffset()), false);
    }
    for (Task task = suspects.poll(); task != null; task = suspects.poll()) {
      suspected.remove(task.place());
      look(task, false);
    }
  }

  private void look(Task task, boolean fromDisk) throws InterruptedException {
    try {
      cure.look(new SegmentCure.Patient(task.partition, task.log, task.baseOffset), fromDisk);
    } catch (IOException e) {
      LOG.warn(
          "a segment of partition {} could not be looked at: {}", task.partition, e.toString());
    } catch (IllegalStateException e) {
      LOG.debug("a segment of partition {} went while it was looked at", task.partition, e);
    }
  }

  /** Ends the work under way, soon. */
  @Override
  public void close() {
    pace.close();
    try {
      thread.join(CLOSE_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
