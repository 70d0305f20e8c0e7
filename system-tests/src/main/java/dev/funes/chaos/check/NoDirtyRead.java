package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * C6: what was read is there at the end, too; and nobody ever read what was never sent, or what its
 * producer was told is not written.
 */
final class NoDirtyRead implements Check {
  private record Writer(int part, int writer) {}

  private record Place(int part, long key) {}

  @Override
  public String name() {
    return "C6";
  }

  @Override
  public String title() {
    return "nothing that was read vanishes, nothing refused is read";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    Map<Writer, Long> sent = new HashMap<>(); // the end of its sequences
    Set<Place> refused = new HashSet<>();
    for (Op op : history.ops()) {
      if (op instanceof Op.Write write) {
        long key = RecordKey.of(write.producer(), write.epoch(), write.firstSeq());
        sent.merge(
            new Writer(write.part(), RecordKey.writer(key)),
            write.firstSeq() + write.count(),
            Math::max);
        if (write.outcome() == Outcome.FAIL) {
          for (int i = 0; i < write.count(); i++) {
            refused.add(new Place(write.part(), key + i));
          }
        }
      }
    }
    FinalLogs logs = FinalLogs.of(history);
    for (Op op : history.ops()) {
      if (op instanceof Op.Read read) {
        verdict.count("records read", Reads.count(read));
        look(read, logs, sent, refused, history, verdict);
      }
    }
    return verdict.done();
  }

  private static void look(
      Op.Read read,
      FinalLogs logs,
      Map<Writer, Long> sent,
      Set<Place> refused,
      History history,
      Verdict.Builder verdict) {
    FinalLogs.Log last = logs.longest(read.part());
    Reads.forEach(
        read,
        (offset, key) -> {
          if (last != null && !last.isTaken(offset) && last.keys.at(offset) == LongColumn.NONE) {
            red(read, offset, key, "is not there at the end", history, verdict);
          }
          long end = sent.getOrDefault(new Writer(read.part(), RecordKey.writer(key)), 0L);
          if (RecordKey.seq(key) >= end) {
            red(read, offset, key, "was never sent", history, verdict);
          }
          if (refused.contains(new Place(read.part(), key))) {
            red(read, offset, key, "was refused when it was sent", history, verdict);
          }
        });
  }

  private static void red(
      Op.Read read, long offset, long key, String what, History history, Verdict.Builder verdict) {
    verdict.red(
        read.invokedNanos(),
        "%s read %s of %s at offset %d, which %s"
            .formatted(
                read.process(),
                RecordKey.text(key),
                history.info().partitionName(read.part()),
                offset,
                what));
  }
}
