package dev.funes.chaos.idempotence;

import dev.funes.chaos.history.RecordValue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares one replica of a partition with what the producers heard. One thread uses it. */
final class Tally {
  private static final int FINDINGS_MAX = 10;

  private final int runId;
  private final String where;
  private final int partition;
  private final Ledger[] ledgers; // of the producers
  private final BitSet[] seen;
  private final int[] highest; // acknowledged sequence so far
  private final List<String> findings = new ArrayList<>();
  private long records;
  private long duplicates;
  private long lost;
  private long outOfOrder;
  private long moved;
  private long damaged;

  /**
   * @param ledgers of all producers for this partition
   */
  Tally(int runId, String where, int partition, Ledger[] ledgers) {
    this.runId = runId;
    this.where = where;
    this.partition = partition;
    this.ledgers = ledgers;
    this.seen = new BitSet[ledgers.length];
    this.highest = new int[ledgers.length];
    for (int i = 0; i < ledgers.length; i++) {
      seen[i] = new BitSet(ledgers[i].sent());
      highest[i] = -1;
    }
  }

  /** Takes the record at an offset; they come in their order. */
  void record(long offset, byte @Nullable [] bytes) {
    records++;
    if (bytes == null
        || !(RecordValue.parse(bytes) instanceof RecordValue.Parsed.Good(RecordValue value))
        || value.runId() != runId
        || value.part() != partition
        || value.producer() >= ledgers.length
        || value.seq() >= ledgers[value.producer()].sent()) {
      damaged++;
      find(offset, "is no record of this run");
      return;
    }
    int producer = value.producer();
    int seq = (int) value.seq();
    if (seen[producer].get(seq)) {
      duplicates++;
      find(offset, "has producer %d seq %d again".formatted(producer, seq));
      return;
    }
    seen[producer].set(seq);
    long acknowledged = ledgers[producer].offset(seq);
    if (acknowledged < 0) {
      return; // its producer does not know, so it may lie anywhere
    }
    if (acknowledged != offset) {
      moved++;
      find(offset, "has producer %d seq %d of %d".formatted(producer, seq, acknowledged));
    }
    if (seq < highest[producer]) {
      outOfOrder++;
      find(offset, "has producer %d seq %d behind %d".formatted(producer, seq, highest[producer]));
    }
    highest[producer] = Math.max(highest[producer], seq);
  }

  /** When all records have come. */
  void end() {
    for (int producer = 0; producer < ledgers.length; producer++) {
      int sent = ledgers[producer].sent();
      for (int seq = seen[producer].nextClearBit(0);
          seq < sent;
          seq = seen[producer].nextClearBit(seq + 1)) {
        long acknowledged = ledgers[producer].offset(seq);
        if (acknowledged >= 0) {
          lost++;
          find(acknowledged, "has not producer %d seq %d".formatted(producer, seq));
        }
      }
    }
  }

  private void find(long offset, String what) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add("%s: offset %d %s".formatted(where, offset, what));
    }
  }

  long records() {
    return records;
  }

  long duplicates() {
    return duplicates;
  }

  long lost() {
    return lost;
  }

  long outOfOrder() {
    return outOfOrder;
  }

  /** Records that lie elsewhere than they were acknowledged. */
  long moved() {
    return moved;
  }

  long damaged() {
    return damaged;
  }

  List<String> findings() {
    return List.copyOf(findings);
  }
}
