package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the last reading of a run found: the log of each partition, from each of its replicas. */
final class FinalLogs {
  /** In the place of a key: there is a record, but a damaged one. */
  static final long DAMAGED = -2;

  /**
   * One replica's log: for each offset the key of its record. Of what retention had taken before
   * the last reading it knows what readers saw while it was there, when they agree.
   */
  static final class Log {
    final int node;
    final LongColumn keys = new LongColumn();
    long startOffset = Long.MAX_VALUE;
    long endOffset;

    Log(int node) {
      this.node = node;
    }

    private void add(Op.Read read) {
      startOffset = Math.min(startOffset, read.fromOffset());
      endOffset = Math.max(endOffset, read.nextOffset());
      Reads.forEach(read, keys::set);
      read.bad().forEach(bad -> keys.set(bad.offset(), DAMAGED));
    }

    private void addSeen(Op.Read read) {
      if (read.fromOffset() < startOffset) {
        Reads.forEach(
            read,
            (offset, key) -> {
              if (offset < startOffset) {
                long known = keys.at(offset);
                keys.set(offset, known == LongColumn.NONE || known == key ? key : DAMAGED);
              }
            });
      }
    }

    /** Whether retention has taken an offset. */
    boolean isTaken(long offset) {
      return offset < startOffset;
    }
  }

  private final SortedMap<Integer, SortedMap<Integer, Log>> logs = new TreeMap<>();

  private FinalLogs() {}

  static FinalLogs of(History history) {
    FinalLogs all = new FinalLogs();
    for (Op op : history.ops()) {
      if (op instanceof Op.Read read && read.reader() == Op.Reader.FINAL) {
        all.logs
            .computeIfAbsent(read.part(), _ -> new TreeMap<>())
            .computeIfAbsent(read.node(), Log::new)
            .add(read);
      }
    }
    for (Op op : history.ops()) {
      if (op instanceof Op.Read read && read.reader() != Op.Reader.FINAL) {
        all.replicas(read.part()).forEach(log -> log.addSeen(read));
      }
    }
    return all;
  }

  /** The partitions that were read. */
  Collection<Integer> parts() {
    return logs.keySet();
  }

  /** The replicas of a partition that were read. */
  Collection<Log> replicas(int part) {
    SortedMap<Integer, Log> replicas = logs.get(part);
    return replicas == null ? List.of() : replicas.values();
  }

  /** The longest of them; null when none was read. */
  @Nullable Log longest(int part) {
    Log longest = null;
    for (Log log : replicas(part)) {
      if (longest == null || log.endOffset > longest.endOffset) {
        longest = log;
      }
    }
    return longest;
  }
}
