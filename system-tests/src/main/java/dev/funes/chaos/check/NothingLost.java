package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;

/** C1: each acknowledged record is at the end in every replica, where it was acknowledged. */
final class NothingLost implements Check {
  @Override
  public String name() {
    return "C1";
  }

  @Override
  public String title() {
    return "no acknowledged record is lost";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    FinalLogs logs = FinalLogs.of(history);
    for (Op op : history.ops()) {
      if (op instanceof Op.Write write && write.outcome() == Outcome.OK) {
        verdict.count("acknowledged", write.count());
        for (FinalLogs.Log log : logs.replicas(write.part())) {
          compare(write, log, history, verdict);
        }
      }
    }
    return verdict.done();
  }

  private static void compare(
      Op.Write write, FinalLogs.Log log, History history, Verdict.Builder verdict) {
    long key = RecordKey.of(write.producer(), write.epoch(), write.firstSeq());
    for (int i = 0; i < write.count(); i++) {
      long offset = write.firstOffset() + i;
      long found = log.keys.at(offset);
      if (log.isTaken(offset)) {
        // What readers saw there before is compared by another check.
        verdict.count("taken by retention", 1);
        verdict.count("taken by retention before it was read", found == LongColumn.NONE ? 1 : 0);
      } else if (found != key + i) {
        verdict.count("lost", 1);
        verdict.red(
            write.endedNanos(),
            "%s of %s was acknowledged at offset %d; on node %d there is %s"
                .formatted(
                    RecordKey.text(key + i),
                    history.info().partitionName(write.part()),
                    offset,
                    log.node,
                    Keys.text(found)));
      }
    }
  }
}
