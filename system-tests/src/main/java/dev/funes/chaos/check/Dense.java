package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * C5: offsets have no holes, and a reader gets one after the other, never back, never ahead. A log
 * begins at 0, or where retention has moved its start to, which leaves as many bytes as the topic
 * keeps at least; a reader may go on there when it is further back.
 */
final class Dense implements Check {
  /** A reader of a partition. */
  private record Position(String process, int part) {}

  @Override
  public String name() {
    return "C5";
  }

  @Override
  public String title() {
    return "offsets are dense, and readers skip and repeat none";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    FinalLogs logs = FinalLogs.of(history);
    for (int part : logs.parts()) {
      logs.replicas(part).forEach(log -> holes(log, part, history, verdict));
    }
    history.all(Op.Replica.class).forEach(replica -> kept(replica, history, verdict));
    Map<Position, Long> positions = new HashMap<>();
    for (Op op : Reads.asNoted(history)) {
      switch (op) {
        case Op.Ownership own when own.change() == Op.Change.GAINED ->
            positions.put(new Position(own.process(), own.part()), own.position());
        case Op.Ownership own -> positions.remove(new Position(own.process(), own.part()));
        case Op.Read read when read.reader() != Op.Reader.FINAL ->
            follow(read, positions, logs, history, verdict);
        default -> {}
      }
    }
    return verdict.done();
  }

  private static void holes(FinalLogs.Log log, int part, History history, Verdict.Builder verdict) {
    verdict.count("offsets", log.endOffset - log.startOffset);
    if (log.startOffset > 0) {
      verdict.count("logs that retention has cut", 1);
      if (history.info().topicOf(part).retentionBytes() == 0) {
        verdict.red(
            "%s begins at %d on node %d, and is to keep all"
                .formatted(history.info().partitionName(part), log.startOffset, log.node));
      }
    }
    for (long offset = log.startOffset; offset < log.endOffset; offset++) {
      if (log.keys.at(offset) == LongColumn.NONE) {
        verdict.red(
            "%s has nothing at offset %d on node %d"
                .formatted(history.info().partitionName(part), offset, log.node));
      }
    }
  }

  /** Retention takes whole segments, as long as enough is left without them. */
  private static void kept(Op.Replica replica, History history, Verdict.Builder verdict) {
    long least = history.info().topicOf(replica.part()).retentionBytes();
    if (replica.startOffset() > 0 && replica.bytes() >= 0 && replica.bytes() < least) {
      verdict.red(
          "%s has only %d bytes from offset %d on at node %d (%s), and is to keep %d"
              .formatted(
                  history.info().partitionName(replica.part()),
                  replica.bytes(),
                  replica.startOffset(),
                  replica.node(),
                  replica.source(),
                  least));
    }
  }

  /** Where a log begins that nobody read at the end, which another check complains of. */
  private static long unread(int part, History history) {
    return history.info().topicOf(part).retentionBytes() > 0 ? Long.MAX_VALUE : 0;
  }

  private static void follow(
      Op.Read read,
      Map<Position, Long> positions,
      FinalLogs logs,
      History history,
      Verdict.Builder verdict) {
    verdict.count("reads", 1);
    Position position = new Position(read.process(), read.part());
    Long expected = positions.put(position, read.nextOffset());
    if (expected != null && expected != read.fromOffset()) {
      verdict.red(
          read.invokedNanos(),
          "%s was at %d of %s and read on at %d"
              .formatted(
                  read.process(),
                  expected,
                  history.info().partitionName(read.part()),
                  read.fromOffset()));
    }
    FinalLogs.Log log = logs.longest(read.part());
    // A reader of a node is told, and notes it as a read of nothing; a member just goes on.
    boolean overtaken = read.reader() == Op.Reader.GROUP || read.runs().length == 0;
    long start = log == null ? unread(read.part(), history) : log.startOffset;
    long taken = overtaken ? start : 0; // by retention, sooner or later
    Set<Long> bad = new HashSet<>();
    read.bad().forEach(each -> bad.add(each.offset()));
    long[] next = {read.fromOffset()};
    Reads.forEach(
        read,
        (offset, _) -> {
          while (bad.contains(next[0])) {
            next[0]++;
          }
          if (offset > next[0] && offset <= taken) {
            verdict.count("readers overtaken by retention", 1);
          } else if (offset != next[0]) {
            jumped(read, next[0], offset, history, verdict);
          }
          next[0] = offset + 1;
        });
    while (bad.contains(next[0])) {
      next[0]++;
    }
    if (read.nextOffset() > next[0] && read.nextOffset() <= taken) {
      verdict.count("readers overtaken by retention", 1);
    } else if (next[0] != read.nextOffset()) {
      jumped(read, next[0], read.nextOffset(), history, verdict);
    }
  }

  private static void jumped(
      Op.Read read, long from, long to, History history, Verdict.Builder verdict) {
    verdict.red(
        read.invokedNanos(),
        "%s got %d of %s where %d was next"
            .formatted(read.process(), to, history.info().partitionName(read.part()), from));
  }
}
