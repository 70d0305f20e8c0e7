package dev.funes.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {
  private static final RunInfo INFO =
      new RunInfo(
          1,
          2,
          "kill",
          3,
          List.of(
              RunInfo.TopicPlan.of("a", 2, 0), RunInfo.TopicPlan.of("b", 1, 1 << 20).keeping(9)),
          List.of(0),
          Limits.DEFAULTS,
          "funes-chaos run kill --seed 2");

  private static final Op.Replica REPLICA =
      new Op.Replica(
          0,
          3,
          1,
          "fetch",
          0,
          900,
          "ab",
          77,
          List.of(new Op.Piece(0, 501, "cd"), new Op.Piece(501, 900, "ef")));

  @TempDir Path dir;

  private final RunClock clock = RunClock.started();

  @Test
  void itIsReadAsItWasWritten() throws IOException {
    History.begin(dir, INFO);
    try (WorkLog log = WorkLog.open(dir, "p", clock)) {
      long id = log.writing(1, 0, 3, 10, 4);
      log.written(id, 10, 2, 100);
      log.notWritten(id, Outcome.FAIL, 12, 1, "INVALID_ARGUMENT");
      log.notWritten(id, Outcome.UNKNOWN, 13, 1, "TIMEOUT");
      log.end(5, 2, 0, 42);
      long commit = log.committing("g", "m", 7, 1, 20);
      log.committed(commit, Outcome.OK, "");
      log.stored(6, "g", 1, 20);
      long reset = log.resetting("g", 1, 5);
      log.reset(reset, Outcome.OK, "");
      log.ownership(Op.Change.LOST, "g", "m", 7, 1, -1);
      log.replica(REPLICA);
      log.files(2, false, "t-0 is \"damaged\"");
      log.read(
          new Op.Read(
              "p",
              7,
              0,
              Op.Reader.FREE,
              2,
              "",
              1,
              100,
              104,
              110,
              new long[] {100, 5, 2, 103, 9, 1},
              List.of(new Op.BadRecord(102, "has a wrong checksum"))));
    }
    try (NemesisLog log = NemesisLog.open(dir, clock)) {
      long fault = log.begin("kill", List.of("node 1", "node 2"), Impact.MAJORITY);
      log.end(fault, "pid 9 is gone");
      log.mark("healed", "1 fault");
      log.sample(new Op.Sample(0, 1, 2, 3, 4, 5, 6, true, 17));
    }

    History history = History.load(dir);

    assertThat(history.info()).isEqualTo(INFO);
    assertThat(history.all(Op.Replica.class))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("invokedNanos")
        .containsExactly(REPLICA);
    assertThat(history.all(Op.Sample.class))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("invokedNanos")
        .containsExactly(new Op.Sample(0, 1, 2, 3, 4, 5, 6, true, 17));
    assertThat(history.all(Op.Write.class))
        .extracting(Op.Write::outcome)
        .containsExactlyInAnyOrder(Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN);
    assertThat(history.all(Op.Write.class))
        .filteredOn(write -> write.outcome() == Outcome.OK)
        .singleElement()
        .satisfies(
            write -> {
              assertThat(write.firstSeq()).isEqualTo(10);
              assertThat(write.count()).isEqualTo(2);
              assertThat(write.firstOffset()).isEqualTo(100);
              assertThat(write.epoch()).isEqualTo(3);
            });
    assertThat(history.all(Op.Write.class))
        .filteredOn(write -> write.outcome() == Outcome.UNKNOWN)
        .singleElement()
        .satisfies(write -> assertThat(write.endedNanos()).isEqualTo(Op.NEVER));
    assertThat(history.all(Op.End.class).getFirst().endOffset()).isEqualTo(42);
    assertThat(history.all(Op.Commit.class).getFirst().generation()).isEqualTo(7);
    assertThat(history.all(Op.Committed.class).getFirst().offset()).isEqualTo(20);
    assertThat(history.all(Op.Reset.class).getFirst().offset()).isEqualTo(5);
    assertThat(history.all(Op.Ownership.class).getFirst().change()).isEqualTo(Op.Change.LOST);
    assertThat(history.all(Op.Replica.class).getFirst().sha256()).isEqualTo("ab");
    assertThat(history.all(Op.Files.class).getFirst().report()).isEqualTo("t-0 is \"damaged\"");
    assertThat(history.all(Op.Read.class))
        .singleElement()
        .satisfies(
            read -> {
              assertThat(read.runs()).containsExactly(100, 5, 2, 103, 9, 1);
              assertThat(read.bad()).containsExactly(new Op.BadRecord(102, "has a wrong checksum"));
              assertThat(read.endOffset()).isEqualTo(110);
            });
    assertThat(history.all(Op.Fault.class))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.targets()).containsExactly("node 1", "node 2");
              assertThat(fault.evidence()).isEqualTo("pid 9 is gone");
            });
    assertThat(history.all(Op.Sample.class).getFirst().settled()).isTrue();
  }

  @Test
  void whatWasNeverAnsweredIsUnknown() throws IOException {
    History.begin(dir, INFO);
    try (WorkLog log = WorkLog.open(dir, "p", clock)) {
      long id = log.writing(0, 0, 0, 10, 5);
      log.written(id, 12, 1, 100);
      log.committing("g", "m", 7, 1, 20);
    }

    History history = History.load(dir);

    assertThat(history.all(Op.Write.class))
        .filteredOn(write -> write.outcome() == Outcome.UNKNOWN)
        .extracting(Op.Write::firstSeq, Op.Write::count)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(10L, 2),
            org.assertj.core.groups.Tuple.tuple(13L, 2));
    assertThat(history.all(Op.Commit.class).getFirst().outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void aLastLineThatIsCutOffIsLeftOut() throws IOException {
    History.begin(dir, INFO);
    try (WorkLog log = WorkLog.open(dir, "p", clock)) {
      log.end(5, 2, 0, 42);
    }
    Files.writeString(dir.resolve("p.jsonl"), "{\"t\":7,\"op\":\"en", StandardOpenOption.APPEND);

    assertThat(History.load(dir).all(Op.End.class)).hasSize(1);
  }

  @Test
  void aLineThatIsDamagedIsNamed() throws IOException {
    History.begin(dir, INFO);
    Files.writeString(dir.resolve("p.jsonl"), "{\"t\":7,\"op\":\"sing\",\"phase\":\"ok\"}\n{}\n");

    assertThatThrownBy(() -> History.load(dir))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("p.jsonl line 1: op sing is not known");
  }

  @Test
  void aFolderWithoutAHistoryIsRefused() {
    assertThatThrownBy(() -> History.load(dir))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a history: it has no run.json");
  }

  @Test
  void partitionsAreNumberedThroughTheTopics() {
    assertThat(INFO.partitions()).hasSize(3);
    assertThat(INFO.partitionName(2)).isEqualTo("b-0");
    assertThat(INFO.numbers()).hasSize(3);
  }
}
