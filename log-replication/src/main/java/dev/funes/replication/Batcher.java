package dev.funes.replication;

import dev.funes.raft.RaftSettings;
import dev.funes.raft.Submission;
import dev.funes.raft.Submission.Committed;
import dev.funes.raft.Submission.NotLeader;
import dev.funes.raft.Submission.Refused;
import dev.funes.raft.Submission.Unknown;
import dev.funes.replication.Outcome.Busy;
import dev.funes.replication.Outcome.UnknownOutcome;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes Raft entries of what many clients propose to one raft group.
 *
 * <p>An idle batcher sends at once. While entries are in flight it gathers, and sends when an entry
 * is full or when one of those in flight is answered: so entries grow with the load, by themselves.
 * When the processors are all busy it waits a little longer, as {@link GatherPace} says. One queue
 * and one sending thread keep the order: commands enter the Raft log in the order of their {@link
 * #propose} calls.
 *
 * <p>Any thread may propose. Futures complete on the apply thread of the raft group, on a timer
 * thread, or in {@link #close}: what hangs on them must be quick and must not block.
 */
final class Batcher implements AutoCloseable {

  static final long BUSY_RETRY_MILLIS = 100;
  static final int COMMAND_BYTES_MAX = RaftSettings.COMMAND_BYTES_MAX - Entry.HEADER_BYTES;

  /** Of more than that the bytes cost more than the entry. */
  private static final long PACED_BYTES_MAX = 16 << 10;

  private record Pending(Command command, int sizeBytes, CompletableFuture<Outcome> outcome) {}

  private final Proposals proposals;
  private final InstantSource clock;
  private final ReplicaLimits limits;
  private final LongSupplier gapNanos;
  private final Thread sender;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Pending> queue = new ArrayDeque<>();
  private long queuedBytes;
  private long pendingBytes; // Invariant: queuedBytes and the bytes of the entries in flight.
  private int entriesInFlight;
  private boolean answeredSinceSent;
  private boolean waitsForMore;
  private boolean closed;
  private long nextNanos = System.nanoTime(); // when a small entry may go; the sender only

  /**
   * @param gapNanos how long after a small entry the next may be sent: see {@link GatherPace}
   */
  Batcher(
      String name,
      Proposals proposals,
      InstantSource clock,
      ReplicaLimits limits,
      LongSupplier gapNanos) {
    this.proposals = proposals;
    this.clock = clock;
    this.limits = limits;
    this.gapNanos = gapNanos;
    this.sender = Thread.ofPlatform().daemon().name("funes-propose-" + name).start(this::run);
  }

  /**
   * Queues a command.
   *
   * @throws IllegalArgumentException when a text in the command is too long to be encoded
   */
  CompletableFuture<Outcome> propose(Command command) {
    int sizeBytes = CommandCodec.sizeBytes(command);
    if (sizeBytes > COMMAND_BYTES_MAX) {
      return CompletableFuture.completedFuture(
          new Outcome.Invalid(
              "a command must have at most " + COMMAND_BYTES_MAX + " bytes, has " + sizeBytes));
    }
    Pending pending = new Pending(command, sizeBytes, new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.completedFuture(new Outcome.NotLeader(null, false));
      }
      if (pendingBytes + sizeBytes > limits.pendingBytesMax()) {
        return CompletableFuture.completedFuture(new Busy(BUSY_RETRY_MILLIS));
      }
      queue.add(pending);
      queuedBytes += sizeBytes;
      pendingBytes += sizeBytes;
      if (isDue() && !(waitsForMore && isSmall())) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    return pending.outcome.completeOnTimeout(
        new UnknownOutcome("no answer within " + limits.proposalMillisMax() + " ms"),
        limits.proposalMillisMax(),
        TimeUnit.MILLISECONDS);
  }

  /** Answers what was not sent yet, and so is surely not written. */
  void refuseQueued(Outcome answer) {
    List<Pending> refused;
    lock.lock();
    try {
      refused = new ArrayList<>(queue);
      queue.clear();
      pendingBytes -= queuedBytes;
      queuedBytes = 0;
    } finally {
      lock.unlock();
    }
    refused.forEach(pending -> pending.outcome.complete(answer));
  }

  /** Bytes that wait or are in flight. */
  long pendingBytes() {
    lock.lock();
    try {
      return pendingBytes;
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    return !queue.isEmpty()
        && entriesInFlight < limits.entriesInFlightMax()
        && (entriesInFlight == 0 || answeredSinceSent || queuedBytes >= limits.entryBytesMax());
  }

  private boolean isSmall() {
    return queuedBytes < Math.min(PACED_BYTES_MAX, limits.entryBytesMax());
  }

  /** Waits until something is due, and a little longer when the processors are busy. */
  private void awaitDue() {
    while (!closed) {
      if (!isDue()) {
        changed.awaitUninterruptibly();
        continue;
      }
      long leftNanos = nextNanos - System.nanoTime();
      if (leftNanos <= 0 || !isSmall()) {
        return;
      }
      waitsForMore = true;
      try {
        var _ = changed.awaitNanos(leftNanos);
      } catch (InterruptedException e) {
        return; // Nobody interrupts it; if somebody did, it would send at once.
      } finally {
        waitsForMore = false;
      }
    }
  }

  private void run() {
    while (true) {
      List<Pending> gathered;
      lock.lock();
      try {
        awaitDue();
        if (closed) {
          return;
        }
        gathered = gather();
        if (gathered.isEmpty()) {
          continue;
        }
        entriesInFlight++;
        answeredSinceSent = false;
        nextNanos = System.nanoTime() + gapNanos.getAsLong();
      } finally {
        lock.unlock();
      }
      send(gathered);
    }
  }

  private List<Pending> gather() {
    List<Pending> gathered = new ArrayList<>();
    long bytes = Entry.HEADER_BYTES;
    while (!queue.isEmpty()) {
      Pending next = queue.getFirst();
      if (!gathered.isEmpty() && bytes + next.sizeBytes > limits.entryBytesMax()) {
        break;
      }
      queue.removeFirst();
      queuedBytes -= next.sizeBytes;
      if (next.outcome.isDone()) {
        pendingBytes -= next.sizeBytes; // its time was up while it waited
      } else {
        gathered.add(next);
        bytes += next.sizeBytes;
      }
    }
    return gathered;
  }

  private void send(List<Pending> gathered) {
    CompletableFuture<Submission> submitted;
    try {
      List<Command> commands = gathered.stream().map(Pending::command).toList();
      submitted = proposals.submit(new Entry(clock.millis(), commands).encode());
    } catch (RuntimeException e) {
      submitted = CompletableFuture.failedFuture(e);
    }
    // What hangs on the proposals' futures may throw as it likes; nobody is there to be told.
    var _ = submitted.whenComplete((submission, e) -> answered(gathered, submission, e));
  }

  private void answered(
      List<Pending> gathered, @Nullable Submission submission, @Nullable Throwable failure) {
    lock.lock();
    try {
      entriesInFlight--;
      answeredSinceSent = true;
      for (Pending pending : gathered) {
        pendingBytes -= pending.sizeBytes;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    List<? extends Outcome> outcomes =
        submission == null ? unknown(gathered, failure) : outcomes(gathered, submission);
    for (int i = 0; i < gathered.size(); i++) {
      gathered.get(i).outcome.complete(outcomes.get(i));
    }
  }

  private static List<? extends Outcome> outcomes(List<Pending> gathered, Submission submission) {
    return switch (submission) {
      case Committed(ByteBuffer reply) -> replies(gathered, reply);
      case NotLeader(var leader, boolean unknown) ->
          same(gathered, new Outcome.NotLeader(leader, unknown));
      case Refused _ -> same(gathered, new Busy(BUSY_RETRY_MILLIS));
      case Unknown(String why) -> same(gathered, new UnknownOutcome(why));
    };
  }

  private static List<? extends Outcome> replies(List<Pending> gathered, ByteBuffer reply) {
    try {
      List<Outcome.Applied> outcomes = Reply.decode(reply).outcomes();
      if (outcomes.size() == gathered.size()) {
        return outcomes;
      }
      return same(
          gathered,
          new UnknownOutcome("expected " + gathered.size() + " outcomes, was " + outcomes.size()));
    } catch (MalformedEntryException e) {
      return unknown(gathered, e);
    }
  }

  private static List<? extends Outcome> unknown(
      List<Pending> gathered, @Nullable Throwable failure) {
    return same(gathered, new UnknownOutcome(String.valueOf(failure)));
  }

  private static List<Outcome> same(List<Pending> gathered, Outcome outcome) {
    return gathered.stream().map(_ -> outcome).toList();
  }

  /** Refuses what waits. What is in flight is answered by the raft group, or by its timeout. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    refuseQueued(new Outcome.NotLeader(null, false));
    boolean interrupted = false;
    while (true) {
      try {
        sender.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
