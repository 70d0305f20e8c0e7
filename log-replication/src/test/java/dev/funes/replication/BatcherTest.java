package dev.funes.replication;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.raft.Submission;
import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Busy;
import dev.funes.replication.Outcome.NotLeader;
import dev.funes.replication.Outcome.UnknownOutcome;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatcherTest {

  private static final PartitionId PARTITION = new PartitionId(1, 0);
  private static final int KIB = 1 << 10;

  private final RecordingProposals raft = new RecordingProposals();
  private volatile long gapNanos;
  private final List<Batcher> batchers = new ArrayList<>();

  @AfterEach
  void close() {
    batchers.forEach(Batcher::close);
  }

  @Test
  void anIdleBatcherSendsAtOnce() {
    Batcher batcher = batcher(1 << 20, 8, 1 << 26, 60_000);

    CompletableFuture<Outcome> outcome = batcher.propose(append(0, 10));

    raft.awaitSent(1);
    assertThat(outcome).isNotDone();
    raft.commit(0);
    assertThat(outcome.join()).isEqualTo(new Appended(0, false));
  }

  @Test
  void aSmallEntryWaitsUntilTheGapIsOver() {
    gapNanos = SECONDS.toNanos(2);
    Batcher batcher = batcher(1 << 20, 8, 1 << 26, 60_000);
    propose(batcher, append(0, 10));
    raft.awaitSent(1);
    raft.commit(0);

    propose(batcher, append(1, 10));
    propose(batcher, append(2, 10));
    raft.awaitSent(2);

    assertThat(raft.numbers(1)).containsExactly(1, 2);
  }

  @Test
  void aLargeEntryDoesNot() {
    gapNanos = SECONDS.toNanos(60);
    Batcher batcher = batcher(1 << 20, 8, 1 << 26, 60_000);
    propose(batcher, append(0, 10));
    raft.awaitSent(1);
    raft.commit(0);

    propose(batcher, append(1, 40 * KIB));
    propose(batcher, append(2, 40 * KIB));
    raft.awaitSent(2);

    assertThat(raft.numbers(1)).containsExactly(1, 2);
  }

  @Test
  void closingDoesNotWaitForTheGap() {
    gapNanos = SECONDS.toNanos(60);
    Batcher batcher = batcher(1 << 20, 8, 1 << 26, 60_000);
    propose(batcher, append(0, 10));
    raft.awaitSent(1);
    raft.commit(0);
    CompletableFuture<Outcome> waits = batcher.propose(append(1, 10));

    batcher.close();

    assertThat(waits.join()).isEqualTo(new NotLeader(null, false));
    assertThat(raft.sent).hasSize(1);
  }

  @Test
  void itGathersWhileAnEntryIsInFlightAndKeepsTheOrder() {
    Batcher batcher = batcher(1 << 20, 8, 1 << 26, 60_000);
    propose(batcher, append(0, 10));
    raft.awaitSent(1);

    List<CompletableFuture<Outcome>> outcomes =
        IntStream.range(1, 100).mapToObj(i -> batcher.propose(append(i, 10))).toList();
    assertThat(raft.sent).hasSize(1);
    raft.commit(0);
    raft.awaitSent(2);

    assertThat(raft.numbers(1)).containsExactlyElementsOf(IntStream.range(1, 100).boxed().toList());
    raft.commit(1);
    for (int i = 1; i < 100; i++) {
      assertThat(outcomes.get(i - 1).join()).isEqualTo(new Appended(i, false));
    }
  }

  @Test
  void fullEntriesGoWithoutWaitingUpToTheNumberInFlight() {
    Batcher batcher = batcher(8 * KIB, 3, 1 << 26, 60_000);
    for (int i = 0; i < 40; i++) {
      propose(batcher, append(i, KIB));
    }

    raft.awaitSent(3);

    assertThat(raft.sent).hasSize(3);
    assertThat(IntStream.range(0, 3).mapToObj(raft::numbers).flatMap(List::stream).toList())
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(raft.sent).allSatisfy(sent -> assertThat(sent.bytes).isLessThanOrEqualTo(8 * KIB));
  }

  @Test
  void aSingleLargeBatchGoesAlone() {
    Batcher batcher = batcher(8 * KIB, 1, 1 << 26, 60_000);
    propose(batcher, append(0, 10));
    raft.awaitSent(1);
    propose(batcher, append(1, 10));
    propose(batcher, append(2, 20 * KIB));
    propose(batcher, append(3, 10));

    for (int i = 0; i < 3; i++) {
      raft.commit(i);
      raft.awaitSent(i + 2);
    }

    assertThat(raft.numbers(1)).containsExactly(1);
    assertThat(raft.numbers(2)).containsExactly(2);
    assertThat(raft.numbers(3)).containsExactly(3);
  }

  @Test
  void itIsBusyPastItsBytesAndTakesMoreWhenTheyAreAnswered() {
    Batcher batcher = batcher(1 << 20, 1, 10 * KIB, 60_000);
    CompletableFuture<Outcome> first = batcher.propose(append(0, 6 * KIB));
    raft.awaitSent(1);

    CompletableFuture<Outcome> second = batcher.propose(append(1, 6 * KIB));
    assertThat(second.join()).isEqualTo(new Busy(Batcher.BUSY_RETRY_MILLIS));
    raft.commit(0);
    first.join();

    assertThat(batcher.pendingBytes()).isZero();
    assertThat(batcher.propose(append(2, 6 * KIB))).isNotDone();
  }

  @Test
  void aCommandThatNoEntryCanHoldIsRefusedForGood() {
    Batcher batcher = batcher(1 << 20, 1, 1 << 26, 60_000);

    assertThat(batcher.propose(append(0, Batcher.COMMAND_BYTES_MAX)).join())
        .isInstanceOf(Outcome.Invalid.class);
    assertThat(batcher.propose(append(1, Batcher.COMMAND_BYTES_MAX - 100))).isNotDone();
  }

  @Test
  void whatIsNotAnsweredInTimeHasAnUnknownOutcome() {
    Batcher batcher = batcher(1 << 20, 1, 1 << 26, 20);

    CompletableFuture<Outcome> sent = batcher.propose(append(0, 10));
    raft.awaitSent(1);
    CompletableFuture<Outcome> queued = batcher.propose(append(1, 10));

    assertThat(sent.orTimeout(30, SECONDS).join()).isInstanceOf(UnknownOutcome.class);
    assertThat(queued.orTimeout(30, SECONDS).join()).isInstanceOf(UnknownOutcome.class);
    raft.commit(0);
    await().until(() -> batcher.pendingBytes() == 0);
    assertThat(raft.sent).as("what timed out in the queue is never sent").hasSize(1);
  }

  @Test
  void answersOfTheRaftGroupReachEveryCommandOfTheEntry() {
    NodeId leader = new NodeId(2);
    assertThat(answered(new Submission.NotLeader(leader, true)))
        .isEqualTo(new NotLeader(leader, true));
    assertThat(answered(new Submission.NotLeader(null, false)))
        .isEqualTo(new NotLeader(null, false));
    assertThat(answered(new Submission.Refused("full")))
        .isEqualTo(new Busy(Batcher.BUSY_RETRY_MILLIS));
    assertThat(answered(new Submission.Unknown("closing")))
        .isEqualTo(new UnknownOutcome("closing"));
    assertThat(answered(new Submission.Committed(ByteBuffer.wrap(new byte[] {9}))))
        .isInstanceOf(UnknownOutcome.class);
    assertThat(answered(new Submission.Committed(new Reply(List.of()).encode())))
        .isInstanceOf(UnknownOutcome.class);
  }

  @Test
  void aRaftGroupThatThrowsLeavesTheBatcherAlive() {
    Batcher batcher = batcher(1 << 20, 1, 1 << 26, 60_000);
    raft.failNext = new IllegalStateException("broken");

    assertThat(batcher.propose(append(0, 10)).orTimeout(30, SECONDS).join())
        .isEqualTo(new UnknownOutcome("java.lang.IllegalStateException: broken"));
    CompletableFuture<Outcome> next = batcher.propose(append(1, 10));
    raft.awaitSent(1);
    raft.commit(0);
    assertThat(next.join()).isEqualTo(new Appended(1, false));
  }

  @Test
  void whatWasNotSentIsSurelyNotWritten() {
    Batcher batcher = batcher(1 << 20, 1, 1 << 26, 60_000);
    CompletableFuture<Outcome> sent = batcher.propose(append(0, 10));
    raft.awaitSent(1);
    CompletableFuture<Outcome> queued = batcher.propose(append(1, 10));

    batcher.refuseQueued(new NotLeader(null, false));

    assertThat(queued.join()).isEqualTo(new NotLeader(null, false));
    assertThat(sent).isNotDone();
    batcher.close();
    assertThat(batcher.propose(append(2, 10)).join()).isEqualTo(new NotLeader(null, false));
  }

  @Test
  void theLeadersTimeIsStampedWhenTheEntryIsMade() {
    Batcher batcher = batcher(1 << 20, 1, 1 << 26, 60_000);
    propose(batcher, append(0, 10));
    raft.awaitSent(1);

    assertThat(raft.sent.getFirst().entry.timeMillis()).isEqualTo(1234);
  }

  private Outcome answered(Submission submission) {
    raft.sent.clear();
    Batcher batcher = batcher(1 << 20, 1, 1 << 26, 60_000);
    CompletableFuture<Outcome> outcome = batcher.propose(append(0, 10));
    raft.awaitSent(1);
    raft.sent.getFirst().answer.complete(submission);
    return outcome.join();
  }

  private static void propose(Batcher batcher, Command command) {
    var _ = batcher.propose(command);
  }

  private Batcher batcher(int entryBytes, int inFlight, long pendingBytes, long millis) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1234));
    ReplicaLimits limits =
        ReplicaLimits.DEFAULTS.withProposals(pendingBytes, entryBytes, inFlight, millis);
    Batcher batcher = new Batcher("test", raft, clock, limits, () -> gapNanos);
    batchers.add(batcher);
    return batcher;
  }

  /** The batcher does not look into batches, so any bytes will do; the first four are a number. */
  private static Command append(int number, int bytes) {
    return new Command.Append(
        PARTITION, ByteBuffer.allocate(Math.max(bytes, Integer.BYTES)).putInt(0, number));
  }

  /** Remembers entries and answers them when it is told to. */
  private static final class RecordingProposals implements Proposals {

    private record Sent(Entry entry, int bytes, CompletableFuture<Submission> answer) {}

    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private volatile @Nullable RuntimeException failNext;

    @Override
    public CompletableFuture<Submission> submit(ByteBuffer entry) {
      RuntimeException failure = failNext;
      if (failure != null) {
        failNext = null;
        throw failure;
      }
      int bytes = entry.remaining();
      Sent each = new Sent(Entry.decode(entry), bytes, new CompletableFuture<>());
      sent.add(each);
      return each.answer;
    }

    void awaitSent(int count) {
      await().until(() -> sent.size() >= count);
    }

    List<Integer> numbers(int at) {
      return sent.get(at).entry.commands().stream()
          .map(command -> ((Command.Append) command).batch().getInt(0))
          .toList();
    }

    void commit(int at) {
      List<Applied> outcomes =
          numbers(at).stream().<Applied>map(number -> new Appended(number, false)).toList();
      sent.get(at).answer.complete(new Submission.Committed(new Reply(outcomes).encode()));
    }
  }
}
