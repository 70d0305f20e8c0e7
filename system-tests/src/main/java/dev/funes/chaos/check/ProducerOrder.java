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
 * C4: the acknowledged records of an idempotent producer are in a partition in the order in which
 * it sent them. One whose outcome was never known may lie anywhere; those are counted.
 */
final class ProducerOrder implements Check {
  @Override
  public String name() {
    return "C4";
  }

  @Override
  public String title() {
    return "a producer's records keep their order";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    FinalLogs logs = FinalLogs.of(history);
    Map<Integer, Set<Long>> unknown = unknown(history);
    Set<Integer> idempotent = new HashSet<>(history.info().idempotent());
    for (int part : logs.parts()) {
      FinalLogs.Log log = logs.longest(part);
      if (log != null) {
        look(log, idempotent, unknown.getOrDefault(part, Set.of()), part, history, verdict);
      }
    }
    return verdict.count("out of order", 0).done();
  }

  private static Map<Integer, Set<Long>> unknown(History history) {
    Map<Integer, Set<Long>> unknown = new HashMap<>();
    for (Op op : history.ops()) {
      if (op instanceof Op.Write write && write.outcome() != Outcome.OK) {
        Set<Long> keys = unknown.computeIfAbsent(write.part(), _ -> new HashSet<>());
        long key = RecordKey.of(write.producer(), write.epoch(), write.firstSeq());
        for (int i = 0; i < write.count(); i++) {
          keys.add(key + i);
        }
      }
    }
    return unknown;
  }

  private static void look(
      FinalLogs.Log log,
      Set<Integer> idempotent,
      Set<Long> unknown,
      int part,
      History history,
      Verdict.Builder verdict) {
    Map<Integer, Long> highest = new HashMap<>();
    Set<Long> seen = new HashSet<>();
    for (long offset = 0; offset < log.endOffset; offset++) {
      long key = log.keys.at(offset);
      if (key < 0 || !idempotent.contains(RecordKey.producer(key)) || !seen.add(key)) {
        continue; // a duplicate is another check's matter
      }
      long seq = RecordKey.seq(key);
      if (unknown.contains(key)) {
        if (seq < highest.getOrDefault(RecordKey.writer(key), -1L)) {
          verdict.count("late ones of unknown outcome", 1);
        }
        continue;
      }
      Long before = highest.merge(RecordKey.writer(key), seq, Math::max);
      verdict.count("records", 1);
      if (before > seq) {
        verdict.count("out of order", 1);
        verdict.red(
            "%s of %s at offset %d lies behind seq %d"
                .formatted(
                    RecordKey.text(key), history.info().partitionName(part), offset, before));
      }
    }
  }
}
