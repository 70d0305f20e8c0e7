package dev.funes.chaos.check;

import static dev.funes.chaos.check.Mutations.afterLoad;
import static dev.funes.chaos.check.Mutations.any;
import static dev.funes.chaos.check.Mutations.changed;
import static dev.funes.chaos.check.Mutations.end;
import static dev.funes.chaos.check.Mutations.freeRead;
import static dev.funes.chaos.check.Mutations.map;
import static dev.funes.chaos.check.Mutations.plus;
import static dev.funes.chaos.check.Mutations.replace;
import static dev.funes.chaos.check.Mutations.with;
import static dev.funes.chaos.check.Mutations.without;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Mutators of what is not about single records: the run, groups, replicas, time and resources. */
final class OtherMutators {
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private OtherMutators() {}

  static List<Mutator> all() {
    return List.of(
        new Mutator("a fault left no evidence", "C0", OtherMutators::noEvidence),
        new Mutator("a partition was not read at the end", "C0", OtherMutators::notRead),
        new Mutator("the nodes did not become quiescent", "C0", OtherMutators::stuck),
        new Mutator("a partition had two members", "C7", OtherMutators::twoMembers),
        new Mutator("a group stored what it did not get", "C7", OtherMutators::notDelivered),
        new Mutator("one who lost a partition stored for it", "C7", OtherMutators::stranger),
        new Mutator("a bit of a record was changed", "C9", OtherMutators::changedBit),
        new Mutator("nobody noticed damage", "C9", OtherMutators::unnoticed),
        new Mutator("files of a stopped node are damaged", "C9", OtherMutators::damagedFiles),
        new Mutator("a replica has other bytes", "C10", OtherMutators::otherBytes),
        new Mutator("a replica is shorter", "C10", OtherMutators::shorter),
        new Mutator("a stored offset went back", "C11", OtherMutators::commitBack),
        new Mutator("nothing was acknowledged for a minute", "C12", OtherMutators::gap),
        new Mutator("files of a replica hold other bytes", "C10", OtherMutators::otherFiles));
  }

  private static History noEvidence(History good, SplittableRandom random) {
    return map(
        good,
        op ->
            op instanceof Op.Fault fault
                ? new Op.Fault(
                    fault.id(),
                    fault.name(),
                    fault.targets(),
                    fault.impact(),
                    fault.invokedNanos(),
                    fault.endedNanos(),
                    "")
                : op);
  }

  private static History notRead(History good, SplittableRandom random) {
    int part = random.nextInt(GoodHistory.PARTS);
    return without(
        good,
        op ->
            op instanceof Op.Read read && read.reader() == Op.Reader.FINAL && read.part() == part);
  }

  private static History stuck(History good, SplittableRandom random) {
    return plus(good, new Op.Mark(afterLoad(good), "stuck", "raft group 2 has no leader"));
  }

  private static @Nullable History twoMembers(History good, SplittableRandom random) {
    Op.Ownership released =
        any(good, Op.Ownership.class, own -> own.change() == Op.Change.RELEASED, random);
    return released == null
        ? null
        : plus(
            good,
            new Op.Ownership(
                "m9",
                released.invokedNanos() - 1,
                Op.Change.GAINED,
                released.group(),
                "m9",
                2,
                released.part(),
                end(good, released.part())),
            new Op.Ownership(
                "m9",
                released.invokedNanos(),
                Op.Change.LOST,
                released.group(),
                "m9",
                2,
                released.part(),
                -1));
  }

  private static History notDelivered(History good, SplittableRandom random) {
    int part = random.nextInt(GoodHistory.PARTS);
    long nanos = afterLoad(good) + 100;
    Op.Ownership last = lastGained(good, part);
    return plus(
        good,
        new Op.Commit(
            last.process(),
            nanos,
            nanos + 1,
            Outcome.OK,
            last.group(),
            last.member(),
            1,
            part,
            end(good, part) + 1,
            ""));
  }

  private static Op.Ownership lastGained(History good, int part) {
    return good.all(Op.Ownership.class).stream()
        .filter(own -> own.part() == part && own.change() == Op.Change.GAINED)
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private static @Nullable History stranger(History good, SplittableRandom random) {
    int part = random.nextInt(GoodHistory.PARTS);
    Op.Ownership last = lastGained(good, part);
    List<Op.Commit> commits =
        good.all(Op.Commit.class).stream().filter(commit -> commit.part() == part).toList();
    if (commits.isEmpty()) {
      return null;
    }
    long nanos = afterLoad(good) + 100;
    long offset = commits.getLast().offset();
    return plus(
        good,
        new Op.Commit("m9", nanos, nanos + 1, Outcome.OK, last.group(), "m9", 1, part, offset, ""));
  }

  private static @Nullable History changedBit(History good, SplittableRandom random) {
    Op.Read read = freeRead(good, 1, random);
    if (read == null) {
      return null;
    }
    long at = random.nextLong(read.fromOffset(), read.nextOffset());
    return replace(
        good,
        read,
        with(
            read,
            changed(read, at, LongColumn.NONE),
            List.of(new Op.BadRecord(at, "has a wrong checksum"))));
  }

  private static History unnoticed(History good, SplittableRandom random) {
    return plus(
        good,
        new Op.Mark(5, "rot", "1 a segment of node 1"),
        new Op.Mark(6, "rot", "2 an index of node 1"),
        new Op.Mark(7, "detected", "2 by the scrub"));
  }

  private static History damagedFiles(History good, SplittableRandom random) {
    return plus(good, new Op.Files(afterLoad(good) + 40, 2, false, "t-0: a batch is damaged"));
  }

  private static @Nullable History otherBytes(History good, SplittableRandom random) {
    Op.Replica replica = any(good, Op.Replica.class, each -> each.source().equals("fetch"), random);
    return replica == null
        ? null
        : replace(good, replica, other(replica, replica.endOffset(), "other"));
  }

  private static @Nullable History shorter(History good, SplittableRandom random) {
    Op.Replica replica = any(good, Op.Replica.class, _ -> true, random);
    return replica == null
        ? null
        : replace(good, replica, other(replica, replica.endOffset() - 1, replica.sha256()));
  }

  /** In the last piece, which all have as a whole when it begins behind their starts. */
  private static @Nullable History otherFiles(History good, SplittableRandom random) {
    Op.Replica replica = any(good, Op.Replica.class, each -> each.source().equals("files"), random);
    if (replica == null || replica.pieces().isEmpty()) {
      return null;
    }
    List<Op.Piece> pieces = new ArrayList<>(replica.pieces());
    Op.Piece last = pieces.removeLast();
    long begin = last.firstOffset() / Op.Piece.OFFSETS * Op.Piece.OFFSETS;
    boolean comparable =
        good.all(Op.Replica.class).stream()
            .filter(each -> each.part() == replica.part())
            .allMatch(each -> each.startOffset() <= begin);
    pieces.add(new Op.Piece(last.firstOffset(), last.endOffset(), "other"));
    return comparable
        ? replace(
            good,
            replica,
            new Op.Replica(
                replica.invokedNanos(),
                replica.node(),
                replica.part(),
                replica.source(),
                replica.startOffset(),
                replica.endOffset(),
                replica.sha256(),
                replica.bytes(),
                pieces))
        : null;
  }

  private static Op.Replica other(Op.Replica replica, long endOffset, String sha256) {
    return new Op.Replica(
        replica.invokedNanos(),
        replica.node(),
        replica.part(),
        replica.source(),
        replica.startOffset(),
        endOffset,
        sha256,
        replica.bytes(),
        replica.pieces());
  }

  private static @Nullable History commitBack(History good, SplittableRandom random) {
    Op.Commit last = null;
    for (Op op : good.ops()) {
      if (op instanceof Op.Commit commit && commit.offset() > 0) {
        last = commit;
      } else if (op instanceof Op.Reset reset && last != null && reset.part() == last.part()) {
        last = null;
      }
    }
    long nanos = afterLoad(good) + 200;
    return last == null
        ? null
        : plus(
            good,
            new Op.Committed(
                "stored", nanos, nanos + 1, last.group(), last.part(), last.offset() - 1));
  }

  /** All that comes behind the beginning of one write is a minute later. */
  private static @Nullable History gap(History good, SplittableRandom random) {
    Op.Write write = any(good, Op.Write.class, each -> each.outcome() == Outcome.OK, random);
    return write == null ? null : Delays.after(good, write.invokedNanos(), MINUTE_NANOS);
  }
}
