package dev.funes.chaos.check;

import static dev.funes.chaos.check.Mutations.afterLoad;
import static dev.funes.chaos.check.Mutations.any;
import static dev.funes.chaos.check.Mutations.changed;
import static dev.funes.chaos.check.Mutations.end;
import static dev.funes.chaos.check.Mutations.freeRead;
import static dev.funes.chaos.check.Mutations.keyAt;
import static dev.funes.chaos.check.Mutations.map;
import static dev.funes.chaos.check.Mutations.newRead;
import static dev.funes.chaos.check.Mutations.piece;
import static dev.funes.chaos.check.Mutations.plus;
import static dev.funes.chaos.check.Mutations.replace;
import static dev.funes.chaos.check.Mutations.start;
import static dev.funes.chaos.check.Mutations.with;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** All ways in which the tests make a good history wrong. */
final class Mutators {
  private static final int NEW_EPOCH = 9;

  private Mutators() {}

  static List<Mutator> all() {
    List<Mutator> all = new ArrayList<>(OtherMutators.all());
    all.addAll(LongRunMutators.all());
    all.addAll(
        List.of(
            new Mutator("an acknowledged record is not there", "C1", Mutators::lostRecord),
            new Mutator("a record is there twice", "C2", Mutators::duplicate),
            new Mutator("a reader saw another record", "C3", Mutators::otherValue),
            new Mutator("two records of a producer changed places", "C4", Mutators::swapped),
            new Mutator("a reader skipped a record", "C5", Mutators::skipped),
            new Mutator("a reader went back", "C5", Mutators::wentBack),
            new Mutator("what was read is gone", "C6", Mutators::dirtyRead),
            new Mutator("what was refused is read", "C6", Mutators::refusedRead),
            new Mutator("an older append lies behind a newer one", "C8", Mutators::overtaken),
            new Mutator("an end is stale", "C8", (good, random) -> wrongEnd(good, random, -1)),
            new Mutator("an end is too far", "C8", (good, random) -> wrongEnd(good, random, 1))));
    return all;
  }

  private static History lostRecord(History good, SplittableRandom random) {
    int part = random.nextInt(GoodHistory.PARTS);
    long nanos = afterLoad(good);
    return plus(
        good,
        new Op.Write(
            "p0", nanos, nanos + 1, Outcome.OK, part, 0, NEW_EPOCH, 0, 1, end(good, part), ""));
  }

  private static @Nullable History duplicate(History good, SplittableRandom random) {
    int part = random.nextInt(GoodHistory.PARTS);
    long end = end(good, part);
    for (long offset = end - 1; offset >= 0; offset--) {
      long key = keyAt(good, part, offset);
      if (RecordKey.producer(key) == 0) { // its last one, so that the order stays
        List<Op> ops = new ArrayList<>(good.ops());
        for (int node = 1; node <= GoodHistory.NODES; node++) {
          ops.add(newRead("final", afterLoad(good) + 15, Op.Reader.FINAL, node, part, end, key));
        }
        return good.with(ops);
      }
    }
    return null;
  }

  private static @Nullable History otherValue(History good, SplittableRandom random) {
    Op.Read read = freeRead(good, 1, random);
    if (read == null) {
      return null;
    }
    long at = read.fromOffset();
    long key = keyAt(good, read.part(), (at + 1) % end(good, read.part()));
    return key == keyAt(good, read.part(), at)
        ? null
        : replace(good, read, with(read, changed(read, at, key)));
  }

  private static @Nullable History swapped(History good, SplittableRandom random) {
    Op.Write write =
        any(
            good,
            Op.Write.class,
            each ->
                each.outcome() == Outcome.OK
                    && each.count() >= 2
                    && each.firstOffset() >= start(good, each.part())
                    && good.info().idempotent().contains(each.producer()),
            random);
    if (write == null) {
      return null;
    }
    long seq = write.firstSeq();
    long offset = write.firstOffset();
    List<Op> pieces = new ArrayList<>();
    pieces.add(piece(write, seq, 1, offset + 1));
    pieces.add(piece(write, seq + 1, 1, offset));
    if (write.count() > 2) {
      pieces.add(piece(write, seq + 2, write.count() - 2, offset + 2));
    }
    History split = replace(good, write, pieces.toArray(Op[]::new));
    long key = RecordKey.of(write.producer(), write.epoch(), seq);
    return map(
        split,
        op -> {
          if (!(op instanceof Op.Read read) || read.part() != write.part()) {
            return op;
          }
          Op.Read first = with(read, changed(read, offset, key + 1));
          return with(first, changed(first, offset + 1, key));
        });
  }

  private static @Nullable History skipped(History good, SplittableRandom random) {
    Op.Read read = freeRead(good, 3, random);
    return read == null
        ? null
        : replace(good, read, with(read, changed(read, read.fromOffset() + 1, LongColumn.NONE)));
  }

  private static @Nullable History wentBack(History good, SplittableRandom random) {
    Op.Read read = freeRead(good, 1, random);
    return read == null
        ? null
        : plus(
            good,
            new Op.Read(
                read.process(),
                read.invokedNanos(),
                read.endedNanos() + 1,
                read.reader(),
                read.node(),
                read.group(),
                read.part(),
                read.fromOffset(),
                read.nextOffset(),
                read.endOffset(),
                read.runs(),
                read.bad()));
  }

  private static History dirtyRead(History good, SplittableRandom random) {
    int part = random.nextInt(GoodHistory.PARTS);
    long nanos = afterLoad(good);
    return plus(
        good,
        new Op.Write("p1", 1, Op.NEVER, Outcome.UNKNOWN, part, 1, NEW_EPOCH, 0, 1, -1, "TIMEOUT"),
        newRead(
            "passer-by",
            nanos,
            Op.Reader.FREE,
            1,
            part,
            end(good, part),
            RecordKey.of(1, NEW_EPOCH, 0)));
  }

  private static @Nullable History refusedRead(History good, SplittableRandom random) {
    Set<List<Long>> there = new HashSet<>();
    for (int part = 0; part < GoodHistory.PARTS; part++) {
      for (long offset = 0; offset < end(good, part); offset++) {
        there.add(List.of((long) part, keyAt(good, part, offset)));
      }
    }
    Op.Write write =
        any(
            good,
            Op.Write.class,
            each ->
                each.outcome() == Outcome.UNKNOWN
                    && there.contains(
                        List.of(
                            (long) each.part(),
                            RecordKey.of(each.producer(), each.epoch(), each.firstSeq()))),
            random);
    return write == null
        ? null
        : replace(
            good, write, with(write, write.invokedNanos(), write.invokedNanos() + 1, Outcome.FAIL));
  }

  private static @Nullable History overtaken(History good, SplittableRandom random) {
    Op.Write newer =
        any(
            good,
            Op.Write.class,
            each -> each.outcome() == Outcome.OK && each.firstOffset() > 20,
            random);
    if (newer == null) {
      return null;
    }
    Op.Write older =
        any(
            good,
            Op.Write.class,
            each ->
                each.outcome() == Outcome.OK
                    && each.part() == newer.part()
                    && each.producer() != newer.producer()
                    && each.invokedNanos() > 10
                    && each.endedNanos() < newer.invokedNanos(),
            random);
    return older == null
        ? null
        : replace(
            good,
            newer,
            with(newer, older.invokedNanos() - 3, older.invokedNanos() - 1, Outcome.OK));
  }

  private static @Nullable History wrongEnd(History good, SplittableRandom random, int by) {
    int part = random.nextInt(GoodHistory.PARTS);
    long nanos = afterLoad(good);
    return end(good, part) == 0
        ? null
        : plus(good, new Op.End("e1", nanos, nanos + 1, 1, part, end(good, part) + by));
  }
}
