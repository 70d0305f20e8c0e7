package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What mutators are made of. */
final class Mutations {
  private Mutations() {}

  static History plus(History good, Op... more) {
    List<Op> ops = new ArrayList<>(good.ops());
    ops.addAll(List.of(more));
    return good.with(ops);
  }

  @SuppressWarnings("ReferenceEquality") // Just this one, and not its equals.
  static History replace(History good, Op old, Op... others) {
    List<Op> ops = new ArrayList<>(good.ops());
    ops.removeIf(op -> op == old);
    ops.addAll(List.of(others));
    return good.with(ops);
  }

  static History map(History good, UnaryOperator<Op> change) {
    return good.with(good.ops().stream().map(change).toList());
  }

  static History without(History good, Predicate<Op> unwanted) {
    return good.with(good.ops().stream().filter(unwanted.negate()).toList());
  }

  static <T extends Op> @Nullable T any(
      History good, Class<T> kind, Predicate<T> wanted, SplittableRandom random) {
    List<T> all = good.all(kind).stream().filter(wanted).toList();
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  static Op.@Nullable Read freeRead(History good, int records, SplittableRandom random) {
    return any(
        good,
        Op.Read.class,
        read -> read.reader() == Op.Reader.FREE && Reads.count(read) >= records,
        random);
  }

  /** Behind all that happened under load, and before the last reading. */
  static long afterLoad(History good) {
    return good.all(Op.Mark.class).stream()
            .filter(mark -> mark.name().equals("unload"))
            .mapToLong(Op.Mark::invokedNanos)
            .max()
            .orElseThrow()
        + 1;
  }

  static long end(History good, int part) {
    FinalLogs.Log log = FinalLogs.of(good).longest(part);
    return log == null ? 0 : log.endOffset;
  }

  /** Where retention has moved the start to. */
  static long start(History good, int part) {
    FinalLogs.Log log = FinalLogs.of(good).longest(part);
    return log == null ? 0 : log.startOffset;
  }

  static long keyAt(History good, int part, long offset) {
    FinalLogs.Log log = FinalLogs.of(good).longest(part);
    return log == null ? LongColumn.NONE : log.keys.at(offset);
  }

  /** The same read with other records. */
  static Op.Read with(Op.Read read, long[] runs) {
    return with(read, runs, read.bad());
  }

  static Op.Read with(Op.Read read, long[] runs, List<Op.BadRecord> bad) {
    return new Op.Read(
        read.process(),
        read.invokedNanos(),
        read.endedNanos(),
        read.reader(),
        read.node(),
        read.group(),
        read.part(),
        read.fromOffset(),
        read.nextOffset(),
        read.endOffset(),
        runs,
        bad);
  }

  static Op.Read newRead(
      String process, long nanos, Op.Reader reader, int node, int part, long offset, long key) {
    return new Op.Read(
        process,
        nanos,
        nanos + 1,
        reader,
        node,
        "",
        part,
        offset,
        offset + 1,
        -1,
        new long[] {offset, key, 1},
        List.of());
  }

  static Op.Write with(Op.Write write, long invokedNanos, long endedNanos, Outcome outcome) {
    return new Op.Write(
        write.process(),
        invokedNanos,
        endedNanos,
        outcome,
        write.part(),
        write.producer(),
        write.epoch(),
        write.firstSeq(),
        write.count(),
        outcome == Outcome.OK ? write.firstOffset() : -1,
        write.error());
  }

  /** A piece of a write, at an offset of its own. */
  static Op.Write piece(Op.Write write, long firstSeq, int count, long firstOffset) {
    return new Op.Write(
        write.process(),
        write.invokedNanos(),
        write.endedNanos(),
        write.outcome(),
        write.part(),
        write.producer(),
        write.epoch(),
        firstSeq,
        count,
        firstOffset,
        write.error());
  }

  /** Runs of one record each, with one changed, or left out when the new key is NONE. */
  static long[] changed(Op.Read read, long at, long newKey) {
    List<Long> runs = new ArrayList<>();
    Reads.forEach(
        read,
        (offset, key) -> {
          long put = offset == at ? newKey : key;
          if (put != LongColumn.NONE) {
            runs.add(offset);
            runs.add(put);
            runs.add(1L);
          }
        });
    return runs.stream().mapToLong(Long::longValue).toArray();
  }
}
