package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.PartitionId;
import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Conflict;
import dev.funes.replication.Outcome.Fenced;
import dev.funes.replication.Outcome.OutOfOrder;
import dev.funes.replication.Outcome.UnknownProducer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer gets each of its batches into the log once, whatever it sends. */
class IdempotenceTest {

  private static final PartitionId PARTITION = new PartitionId(1, 0);
  private static final long PRODUCER = 7;

  @TempDir Path directory;

  private final List<Entry> raftLog = new ArrayList<>();
  private StateHarness replica;
  private long timeMillis = 1_000;

  @BeforeEach
  void start() throws IOException {
    replica = new StateHarness(directory, Long.MAX_VALUE / 2);
    apply(new Command.PutPartition(PARTITION, "orders", TestCommands.SMALL));
  }

  @AfterEach
  void stop() throws IOException {
    replica.state.close();
  }

  @Test
  void aBatchIsAppendedOnlyWhereItsProducerExpectsTheEnd() throws IOException {
    assertThat(expecting(0, 0, 0, "a")).isEqualTo(new Appended(0, false));
    assertThat(expecting(0, 0, 1, "b")).isEqualTo(new Conflict(1));
    assertThat(expecting(7, 0, 1, "b")).isEqualTo(new Conflict(1));
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(1);

    assertThat(expecting(1, 0, 1, "b"))
        .as("a conflict does not use the sequence up")
        .isEqualTo(new Appended(1, false));
  }

  @Test
  void aDuplicateIsOneWhateverWasExpected() throws IOException {
    expecting(0, 0, 0, "a");
    send(0, 1, "b");

    assertThat(expecting(0, 0, 0, "a")).isEqualTo(new Appended(0, true));
    assertThat(expecting(9, 0, 1, "b")).isEqualTo(new Appended(1, true));
    assertThat(expecting(2, 0, 3, "d")).isEqualTo(new OutOfOrder(2, 3));
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(2);
  }

  @Test
  void aConflictLeavesTheEpochAsItWas() throws IOException {
    send(0, 0, "a");

    assertThat(expecting(5, 1, 0, "b")).isEqualTo(new Conflict(1));
    assertThat(send(0, 1, "c")).as("not fenced").isEqualTo(new Appended(1, false));
  }

  @Test
  void whoIsNotIdempotentMayExpectAnEndToo() throws IOException {
    Command atStart = new Command.Append(PARTITION, TestCommands.batch("a"), 0);

    assertThat(apply(atStart, atStart).outcomes())
        .containsExactly(new Appended(0, false), new Conflict(1));
  }

  private Outcome.Applied expecting(long offset, int epoch, int sequence, String value)
      throws IOException {
    return apply(
            new Command.Append(
                PARTITION, TestCommands.batch(PRODUCER, epoch, sequence, value), offset))
        .outcomes()
        .getFirst();
  }

  @Test
  void aDuplicateGetsTheFirstAnswer() throws IOException {
    assertThat(send(0, 0, "a", "b")).isEqualTo(new Appended(0, false));
    assertThat(send(0, 2, "c")).isEqualTo(new Appended(2, false));

    assertThat(send(0, 0, "a", "b")).isEqualTo(new Appended(0, true));
    assertThat(send(0, 2, "c")).isEqualTo(new Appended(2, true));
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(3);
  }

  @Test
  void aDuplicateWithinOneEntryIsOneToo() throws IOException {
    List<Outcome.Applied> outcomes =
        apply(append(0, 0, "a"), append(0, 0, "a"), append(0, 1, "b")).outcomes();

    assertThat(outcomes)
        .containsExactly(new Appended(0, false), new Appended(0, true), new Appended(1, false));
  }

  @Test
  void aGapIsRefusedAndNamesWhatIsMissing() throws IOException {
    send(0, 0, "a");

    assertThat(send(0, 5, "b")).isEqualTo(new OutOfOrder(1, 5));
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(1);
  }

  @Test
  void theLastFiveBatchesAreRememberedAndNoMore() throws IOException {
    for (int sequence = 0; sequence < 6; sequence++) {
      send(0, sequence, "v" + sequence);
    }

    for (int sequence = 1; sequence < 6; sequence++) {
      assertThat(send(0, sequence, "v" + sequence)).isEqualTo(new Appended(sequence, true));
    }
    assertThat(send(0, 0, "v0")).isEqualTo(new OutOfOrder(6, 0));
  }

  @Test
  void aNewerEpochFencesTheOlder() throws IOException {
    send(0, 0, "old");

    assertThat(send(1, 0, "new")).isEqualTo(new Appended(1, false));
    assertThat(send(0, 1, "old")).isEqualTo(new Fenced((short) 1));
  }

  @Test
  void aProducerThatIsNotKnownMustBeginAtZero() throws IOException {
    assertThat(send(0, 3, "a")).isEqualTo(new UnknownProducer());
    assertThat(send(0, 0, "a")).isEqualTo(new Appended(0, false));
  }

  @Test
  void aSilentProducerIsForgottenByTheLeadersClock() throws IOException {
    timeMillis = 1_000;
    send(0, 0, "a");

    apply(new Command.ExpireProducers(1_000));
    assertThat(send(0, 0, "a")).as("heard of at 1000, not before").isEqualTo(new Appended(0, true));
    apply(new Command.ExpireProducers(1_001));
    assertThat(send(0, 1, "b")).isEqualTo(new UnknownProducer());
  }

  @Test
  void producersAreKeptApartByPartitionAndGoWithIt() throws IOException {
    PartitionId other = new PartitionId(2, 0);
    apply(new Command.PutPartition(other, "other", TestCommands.SMALL));
    send(0, 0, "a");

    assertThat(
            apply(
                    new Command.Append(other, TestCommands.batch(PRODUCER, 0, 0, "a")),
                    new Command.DropPartition(other),
                    new Command.PutPartition(other, "other", TestCommands.SMALL),
                    new Command.Append(other, TestCommands.batch(PRODUCER, 0, 0, "a")))
                .outcomes())
        .containsExactly(
            new Appended(0, false), new Outcome.Done(), new Outcome.Done(), new Appended(0, false));
    assertThat(send(0, 0, "a")).isEqualTo(new Appended(0, true));
  }

  @Test
  void aDuplicateIsKnownAfterARestartFromACheckpoint() throws IOException {
    send(0, 0, "a");
    replica.closeAndReopen();
    assertThat(replica.resumesAt()).isEqualTo(raftLog.size());

    assertThat(send(0, 0, "a")).isEqualTo(new Appended(0, true));
    assertThat(send(0, 1, "b")).isEqualTo(new Appended(1, false));
  }

  @Test
  void aDuplicateIsKnownAfterACrashAndReplay() throws IOException {
    send(0, 0, "a");
    send(0, 0, "a");
    replica.crash();
    assertThat(replica.resumesAt()).isZero();
    for (int index = 0; index < raftLog.size(); index++) {
      replica.apply(index, raftLog.get(index));
    }

    assertThat(send(0, 0, "a")).isEqualTo(new Appended(0, true));
    assertThat(replica.log(PARTITION).endOffset()).isEqualTo(1);
  }

  private Outcome send(int epoch, int sequence, String... values) throws IOException {
    return apply(append(epoch, sequence, values)).outcomes().getFirst();
  }

  private static Command append(int epoch, int sequence, String... values) {
    ByteBuffer batch = TestCommands.batch(PRODUCER, epoch, sequence, values);
    return new Command.Append(PARTITION, batch);
  }

  private Reply apply(Command... commands) throws IOException {
    Entry entry = new Entry(timeMillis, List.of(commands));
    raftLog.add(entry);
    return replica.apply(raftLog.size() - 1, entry);
  }
}
