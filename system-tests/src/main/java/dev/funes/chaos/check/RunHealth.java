package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.List;

/**
 * C0: without this the other checks prove nothing. Something was acknowledged, every fault left
 * evidence, the nodes became quiescent, and every partition was read at the end.
 */
final class RunHealth implements Check {
  @Override
  public String name() {
    return "C0";
  }

  @Override
  public String title() {
    return "the run proves something";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    long acknowledged = 0;
    for (Op op : history.ops()) {
      switch (op) {
        case Op.Write write when write.outcome() == Outcome.OK -> acknowledged += write.count();
        case Op.Fault fault -> fault(fault, verdict);
        case Op.Mark mark when mark.name().equals("stuck") || mark.name().equals("red") ->
            verdict.red(mark.invokedNanos(), mark.name() + ": " + mark.detail());
        default -> {}
      }
    }
    verdict.count("acknowledged", acknowledged);
    if (acknowledged == 0) {
      verdict.red("nothing was acknowledged");
    }
    FinalLogs logs = FinalLogs.of(history);
    int parts = history.info().partitions().size();
    for (int part = 0; part < parts; part++) {
      if (logs.replicas(part).isEmpty()) {
        verdict.red(history.info().partitionName(part) + " was not read at the end");
      }
    }
    return verdict.count("partitions", parts).done();
  }

  private static void fault(Op.Fault fault, Verdict.Builder verdict) {
    verdict.count("faults", 1);
    List<String> targets = fault.targets();
    if (fault.evidence().isEmpty()) {
      verdict.red(
          fault.invokedNanos(), "fault %s of %s left no evidence".formatted(fault.name(), targets));
    }
    if (fault.endedNanos() == Op.NEVER) {
      verdict.red(
          fault.invokedNanos(), "fault %s of %s did not end".formatted(fault.name(), targets));
    }
  }
}
