package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Impact;
import dev.funes.chaos.history.Limits;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * C12: while writes are wanted, some are acknowledged: the longest time in which none was, in each
 * partition, without a fault, with one, and after one.
 */
final class Availability implements Check {
  /** A time in which a partition was written to, and acknowledged nothing. */
  private record Gap(int part, long fromNanos, long toNanos) {
    long millis() {
      return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
    }
  }

  @Override
  public String name() {
    return "C12";
  }

  @Override
  public String title() {
    return "writes go on";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    List<Op.Fault> faults = history.all(Op.Fault.class);
    List<Gap> gaps = gaps(history);
    for (Gap gap : gaps) {
      judge(gap, faults, history, verdict);
    }
    takeovers(gaps, faults, verdict);
    return verdict.done();
  }

  /** The acknowledgements in order, and how long each was waited for since the one before. */
  private static List<Gap> gaps(History history) {
    long stop = Op.NEVER;
    Map<Integer, List<Op.Write>> parts = new HashMap<>();
    for (Op op : history.ops()) {
      if (op instanceof Op.Write write) {
        parts.computeIfAbsent(write.part(), _ -> new ArrayList<>()).add(write);
      } else if (op instanceof Op.Mark mark && mark.name().equals("unload")) {
        stop = mark.invokedNanos();
      }
    }
    List<Gap> gaps = new ArrayList<>();
    for (Map.Entry<Integer, List<Op.Write>> part : parts.entrySet()) {
      List<Op.Write> done =
          part.getValue().stream()
              .filter(write -> write.outcome() == Outcome.OK)
              .sorted(Comparator.comparingLong(Op.Write::endedNanos))
              .toList();
      long[] waitingSince = waitingSince(done);
      long before = Long.MIN_VALUE;
      for (int i = 0; i < done.size(); i++) {
        long ended = done.get(i).endedNanos();
        gaps.add(new Gap(part.getKey(), Math.max(before, waitingSince[i]), ended));
        before = ended;
      }
      unanswered(part.getKey(), part.getValue(), before, stop, gaps);
    }
    return gaps;
  }

  /** For each, when the oldest that was not acknowledged before it was sent. */
  private static long[] waitingSince(List<Op.Write> done) {
    long[] since = new long[done.size()];
    long oldest = Long.MAX_VALUE;
    for (int i = done.size() - 1; i >= 0; i--) {
      oldest = Math.min(oldest, done.get(i).invokedNanos());
      since[i] = oldest;
    }
    return since;
  }

  /** What came after the last acknowledgement, and waited until the end. */
  private static void unanswered(
      int part, List<Op.Write> writes, long lastNanos, long stop, List<Gap> gaps) {
    if (stop == Op.NEVER) {
      return;
    }
    for (Op.Write write : writes) {
      if (write.invokedNanos() > lastNanos && write.invokedNanos() < stop) {
        gaps.add(new Gap(part, write.invokedNanos(), stop));
        return;
      }
    }
  }

  private static void judge(
      Gap gap, List<Op.Fault> faults, History history, Verdict.Builder verdict) {
    Limits limits = history.info().limits();
    long recoveryNanos = TimeUnit.MILLISECONDS.toNanos(limits.recoveryMillis());
    Impact impact = Impact.NONE;
    long majorityEnd = Long.MIN_VALUE;
    for (Op.Fault fault : faults) {
      long until = fault.endedNanos() == Op.NEVER ? Op.NEVER : fault.endedNanos() + recoveryNanos;
      if (fault.invokedNanos() < gap.toNanos() && until > gap.fromNanos()) {
        impact = impact.compareTo(fault.impact()) >= 0 ? impact : fault.impact();
        if (fault.impact() == Impact.MAJORITY) {
          majorityEnd = Math.max(majorityEnd, until);
        }
      }
    }
    long allowedMillis =
        switch (impact) {
          case NONE -> limits.quietGapMillis();
          case MINORITY -> limits.faultGapMillis();
          case MAJORITY -> gap.toNanos() <= majorityEnd ? Long.MAX_VALUE : limits.faultGapMillis();
        };
    verdict.most(
        switch (impact) {
          case NONE -> "longest gap without a fault, ms";
          case MINORITY -> "longest gap with a majority, ms";
          case MAJORITY -> "longest gap around the loss of a majority, ms";
        },
        gap.millis());
    if (gap.millis() > allowedMillis) {
      verdict.red(
          gap.fromNanos(),
          "nothing was acknowledged in %s for %d ms, with %s; %d ms are allowed"
              .formatted(
                  history.info().partitionName(gap.part()),
                  gap.millis(),
                  switch (impact) {
                    case NONE -> "no fault";
                    case MINORITY -> "a majority at work";
                    case MAJORITY -> "the majority back for long";
                  },
                  allowedMillis));
    }
  }

  /** For each fault that leaves a majority, the longest wait that it can have caused. */
  private static void takeovers(List<Gap> gaps, List<Op.Fault> faults, Verdict.Builder verdict) {
    List<Long> waits = new ArrayList<>();
    for (Op.Fault fault : faults) {
      if (fault.impact() != Impact.MINORITY) {
        continue;
      }
      long longest = 0;
      for (Gap gap : gaps) {
        if (gap.fromNanos() < fault.endedNanos() && gap.toNanos() > fault.invokedNanos()) {
          longest = Math.max(longest, gap.millis());
        }
      }
      waits.add(longest);
    }
    if (!waits.isEmpty()) {
      waits.sort(null);
      verdict.count("wait after a fault, median ms", waits.get(waits.size() / 2));
      verdict.count(
          "wait after a fault, p99 ms", waits.get((int) Math.ceil(waits.size() * 0.99) - 1));
    }
  }
}
