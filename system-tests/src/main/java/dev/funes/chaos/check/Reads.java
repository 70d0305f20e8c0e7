package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Looks into reads. */
final class Reads {
  private Reads() {}

  /** Takes a record. */
  @FunctionalInterface
  interface Visitor {
    void accept(long offset, long key);
  }

  static void forEach(Op.Read read, Visitor record) {
    long[] runs = read.runs();
    for (int i = 0; i + 2 < runs.length; i += 3) {
      for (long j = 0; j < runs[i + 2]; j++) {
        record.accept(runs[i] + j, runs[i + 1] + j);
      }
    }
  }

  /** How many records it has. */
  static long count(Op.Read read) {
    long count = 0;
    for (int i = 2; i < read.runs().length; i += 3) {
      count += read.runs()[i];
    }
    return count;
  }

  /** The reads and changes of ownership in the order in which their processes noted them. */
  static List<Op> asNoted(History history) {
    List<Op> noted = new ArrayList<>();
    for (Op op : history.ops()) {
      if (op instanceof Op.Read || op instanceof Op.Ownership) {
        noted.add(op);
      }
    }
    noted.sort(Comparator.comparingLong(Op::endedNanos));
    return noted;
  }
}
