package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;
import java.util.HashMap;
import java.util.Map;

/**
 * C3: an offset has one record for ever, in all acknowledgements, and all reads of all nodes at all
 * times.
 */
final class OneValue implements Check {
  @Override
  public String name() {
    return "C3";
  }

  @Override
  public String title() {
    return "an offset has one record for ever";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    Map<Integer, LongColumn> parts = new HashMap<>();
    for (Op op : history.ops()) {
      switch (op) {
        case Op.Write write when write.outcome() == Outcome.OK -> {
          long key = RecordKey.of(write.producer(), write.epoch(), write.firstSeq());
          for (int i = 0; i < write.count(); i++) {
            claim(history, parts, write, write.part(), write.firstOffset() + i, key + i, verdict);
          }
        }
        case Op.Read read ->
            Reads.forEach(
                read,
                (offset, key) -> claim(history, parts, read, read.part(), offset, key, verdict));
        default -> {}
      }
    }
    return verdict.count("offsets with two values", 0).done();
  }

  private static void claim(
      History history,
      Map<Integer, LongColumn> parts,
      Op by,
      int part,
      long offset,
      long key,
      Verdict.Builder verdict) {
    LongColumn column = parts.computeIfAbsent(part, _ -> new LongColumn());
    long known = column.at(offset);
    if (known == LongColumn.NONE) {
      column.set(offset, key);
      verdict.count("offsets", 1);
    } else if (known != key) {
      verdict.count("offsets with two values", 1);
      verdict.red(
          by.invokedNanos(),
          "offset %d of %s is %s, and also %s"
              .formatted(
                  offset,
                  history.info().partitionName(part),
                  RecordKey.text(known),
                  RecordKey.text(key)));
    }
  }
}
