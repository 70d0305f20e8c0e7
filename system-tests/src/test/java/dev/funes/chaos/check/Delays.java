package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.function.LongUnaryOperator;

/** Moves the later part of a history further back in time. */
final class Delays {
  private Delays() {}

  static History after(History good, long nanos, long byNanos) {
    LongUnaryOperator later = t -> t > nanos && t != Op.NEVER ? t + byNanos : t;
    return Mutations.map(good, op -> moved(op, later));
  }

  private static Op moved(Op op, LongUnaryOperator later) {
    long begin = later.applyAsLong(op.invokedNanos());
    long end = later.applyAsLong(op.endedNanos());
    return switch (op) {
      case Op.Write it -> Mutations.with(it, begin, end, it.outcome());
      case Op.Read it ->
          new Op.Read(
              it.process(),
              begin,
              end,
              it.reader(),
              it.node(),
              it.group(),
              it.part(),
              it.fromOffset(),
              it.nextOffset(),
              it.endOffset(),
              it.runs(),
              it.bad());
      case Op.End it -> new Op.End(it.process(), begin, end, it.node(), it.part(), it.endOffset());
      case Op.Commit it ->
          new Op.Commit(
              it.process(),
              begin,
              end,
              it.outcome(),
              it.group(),
              it.member(),
              it.generation(),
              it.part(),
              it.offset(),
              it.error());
      case Op.Committed it ->
          new Op.Committed(it.process(), begin, end, it.group(), it.part(), it.offset());
      case Op.Reset it ->
          new Op.Reset(it.process(), begin, end, it.outcome(), it.group(), it.part(), it.offset());
      case Op.Ownership it ->
          new Op.Ownership(
              it.process(),
              begin,
              it.change(),
              it.group(),
              it.member(),
              it.generation(),
              it.part(),
              it.position());
      case Op.Fault it ->
          new Op.Fault(it.id(), it.name(), it.targets(), it.impact(), begin, end, it.evidence());
      case Op.Mark it -> new Op.Mark(begin, it.name(), it.detail());
      case Op.Sample it ->
          new Op.Sample(
              begin,
              it.node(),
              it.heapBytes(),
              it.descriptors(),
              it.threads(),
              it.residentBytes(),
              it.diskBytes(),
              it.settled(),
              it.pid());
      case Op.Replica it ->
          new Op.Replica(
              begin,
              it.node(),
              it.part(),
              it.source(),
              it.startOffset(),
              it.endOffset(),
              it.sha256(),
              it.bytes(),
              it.pieces());
      case Op.Files it -> new Op.Files(begin, it.node(), it.clean(), it.report());
    };
  }
}
