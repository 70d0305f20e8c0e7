package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.RecordKey;
import java.util.HashSet;
import java.util.Set;

/** C2: a record of an idempotent producer is in the log once, however often it was sent. */
final class NoDuplicates implements Check {
  @Override
  public String name() {
    return "C2";
  }

  @Override
  public String title() {
    return "no record of an idempotent producer is there twice";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    FinalLogs logs = FinalLogs.of(history);
    Set<Integer> idempotent = new HashSet<>(history.info().idempotent());
    for (int part : logs.parts()) {
      FinalLogs.Log log = logs.longest(part);
      if (log != null) {
        look(log, part, idempotent, history, verdict);
      }
    }
    return verdict.count("duplicates", 0).done();
  }

  private static void look(
      FinalLogs.Log log,
      int part,
      Set<Integer> idempotent,
      History history,
      Verdict.Builder verdict) {
    Set<Long> seen = new HashSet<>();
    for (long offset = 0; offset < log.endOffset; offset++) {
      long key = log.keys.at(offset);
      if (key < 0 || seen.add(key)) {
        continue;
      }
      if (idempotent.contains(RecordKey.producer(key))) {
        verdict.count("duplicates", 1);
        verdict.red(
            "%s of %s is there again at offset %d"
                .formatted(RecordKey.text(key), history.info().partitionName(part), offset));
      } else {
        verdict.count("duplicates of plain producers", 1);
      }
    }
    verdict.count("records", seen.size());
  }
}
