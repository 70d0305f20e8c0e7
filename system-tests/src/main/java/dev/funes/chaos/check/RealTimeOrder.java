package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * C8: each partition behaves as one log that exists once. What is written after something was
 * acknowledged lies behind it; the end of a partition is behind all that was acknowledged before it
 * was asked for, and before all that was sent after the answer; and it never goes back.
 *
 * <p>Offsets tell the order of everything, so this is exact and takes no search: one sweep over the
 * beginnings and ends of all operations, in real time.
 */
final class RealTimeOrder implements Check {
  @Override
  public String name() {
    return "C8";
  }

  @Override
  public String title() {
    return "writes and ends keep the order of real time";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    FinalLogs logs = FinalLogs.of(history);
    Map<Integer, List<Op>> parts = new HashMap<>();
    for (Op op : history.ops()) {
      int part =
          switch (op) {
            case Op.Write write -> write.part();
            case Op.End end -> end.part();
            case Op.Read read when read.reader() != Op.Reader.FINAL -> read.part();
            default -> -1;
          };
      if (part >= 0) {
        parts.computeIfAbsent(part, _ -> new ArrayList<>()).add(op);
      }
    }
    parts.forEach((part, ops) -> new Sweep(part, ops, logs.longest(part), history, verdict).run());
    return verdict.done();
  }

  private record Event(long nanos, boolean begins, Op op) {}

  /** One partition. */
  private static final class Sweep {
    private final String partition;
    private final List<Op> ops;
    private final FinalLogs.@Nullable Log log;
    private final Verdict.Builder verdict;
    private final Map<Long, Long> invoked = new HashMap<>(); // by key: when it was first sent
    private final IdentityHashMap<Op, Long> floors = new IdentityHashMap<>();
    private long written = -1; // the highest offset that is known to be written
    private long end; // the highest end that was told

    Sweep(
        int part,
        List<Op> ops,
        FinalLogs.@Nullable Log log,
        History history,
        Verdict.Builder verdict) {
      this.partition = history.info().partitionName(part);
      this.ops = ops;
      this.log = log;
      this.verdict = verdict;
    }

    void run() {
      List<Event> events = new ArrayList<>();
      for (Op op : ops) {
        events.add(new Event(op.invokedNanos(), true, op));
        if (op.endedNanos() != Op.NEVER) {
          events.add(new Event(op.endedNanos(), false, op));
        }
        if (op instanceof Op.Write write) {
          long key = RecordKey.of(write.producer(), write.epoch(), write.firstSeq());
          for (int i = 0; i < write.count(); i++) {
            invoked.merge(key + i, write.invokedNanos(), Math::min);
          }
        }
      }
      // What ends and begins at the same moment may have overlapped: beginnings go first.
      events.sort(
          (a, b) ->
              a.nanos != b.nanos
                  ? Long.compare(a.nanos, b.nanos)
                  : Boolean.compare(b.begins, a.begins));
      for (Event event : events) {
        switch (event.op) {
          case Op.Write write -> write(write, event.begins);
          case Op.End asked -> end(asked, event.begins);
          case Op.Read read -> read(read, event.begins);
          default -> {}
        }
      }
    }

    private void write(Op.Write write, boolean begins) {
      if (write.outcome() != Outcome.OK) {
        return;
      }
      if (begins) {
        floors.put(write, written);
        return;
      }
      verdict.count("writes", 1);
      long floor = floors.getOrDefault(write, -1L);
      if (write.firstOffset() <= floor) {
        verdict.red(
            write.invokedNanos(),
            "a write to %s lies at offset %d, although %d was acknowledged before it began"
                .formatted(partition, write.firstOffset(), floor));
      }
      written = Math.max(written, write.firstOffset() + write.count() - 1);
    }

    private void end(Op.End asked, boolean begins) {
      if (begins) {
        floors.put(asked, Math.max(written + 1, end));
        return;
      }
      verdict.count("ends", 1);
      long floor = floors.getOrDefault(asked, 0L);
      if (asked.endOffset() < floor) {
        verdict.red(
            asked.invokedNanos(),
            "node %d said that %s ends at %d, although it was known to go to %d"
                .formatted(asked.node(), partition, asked.endOffset(), floor));
      }
      beyond(asked.node(), asked.endOffset(), asked.endedNanos());
      end = Math.max(end, asked.endOffset());
    }

    private void read(Op.Read read, boolean begins) {
      if (!begins) {
        beyond(read.node(), read.endOffset(), read.endedNanos());
        end = Math.max(end, read.nextOffset());
      }
    }

    /** The last record before an end must have been sent before the end was told. */
    private void beyond(int node, long endOffset, long toldNanos) {
      if (endOffset <= 0 || log == null) {
        return;
      }
      long last = log.keys.at(endOffset - 1);
      if (last == LongColumn.NONE && log.isTaken(endOffset - 1)) {
        return; // nobody saw what was there
      }
      if (last == LongColumn.NONE || invoked.getOrDefault(last, Long.MIN_VALUE) > toldNanos) {
        verdict.red(
            toldNanos,
            "node %d said that %s ends at %d, before anything had been sent that lies there"
                .formatted(node, partition, endOffset));
      }
    }
  }
}
