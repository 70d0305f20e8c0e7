package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.RunInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * C13: nodes use no more at the end than at the start.
 *
 * <p>A node that was looked at for ten minutes or more is judged by two windows, each a sixth of
 * that time: the first begins after a quarter, when it is warm, the second ends at the end. Its
 * processes that lived as long are judged the same way, each by itself, so that a leak shows that
 * every restart hides. Of heap and disk, which go up and down, the lowest of a window counts; of
 * descriptors and threads the median. A process counts from its thirtieth second on.
 *
 * <p>Shorter looks are judged by the samples of nodes at rest: the median of the first three
 * against that of the last three, without the disk. The disk is judged only when every topic has a
 * retention: else it has to grow.
 */
final class Resources implements Check {
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int WARM_UP_OF = 4;
  private static final int WINDOW_OF = 6;

  @Override
  public String name() {
    return "C13";
  }

  @Override
  public String title() {
    return "nodes use no more at the end than at the start";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    Map<Integer, List<Op.Sample>> nodes = new TreeMap<>();
    for (Op.Sample sample : history.all(Op.Sample.class)) {
      verdict.count("samples", 1);
      verdict.most("most heap, MiB", sample.heapBytes() >> 20);
      verdict.most("most descriptors", sample.descriptors());
      verdict.most("most threads", sample.threads());
      verdict.most("most disk, MiB", sample.diskBytes() >> 20);
      nodes.computeIfAbsent(sample.node(), _ -> new ArrayList<>()).add(sample);
    }
    Growth growth =
        new Growth(
            history.info().limits().growthPercent(),
            history.info().topics().stream().allMatch(Resources::levelsOff),
            verdict);
    nodes.forEach((node, samples) -> judge(node, samples, growth, verdict));
    return verdict.done();
  }

  private static boolean levelsOff(RunInfo.TopicPlan topic) {
    return topic.retentionBytes() > 0;
  }

  private static void judge(
      int node, List<Op.Sample> samples, Growth growth, Verdict.Builder verdict) {
    String name = "node " + node;
    Map<Long, List<Op.Sample>> processes = new TreeMap<>();
    List<Op.Sample> warm = new ArrayList<>();
    for (Op.Sample sample : samples) {
      List<Op.Sample> own = processes.computeIfAbsent(sample.pid(), _ -> new ArrayList<>());
      own.add(sample);
      if (sample.invokedNanos() - own.getFirst().invokedNanos() >= YOUNG_NANOS) {
        warm.add(sample);
      }
    }
    if (!isLong(samples)) {
      List<Op.Sample> settled = samples.stream().filter(Op.Sample::settled).toList();
      if (settled.size() >= 2) {
        verdict.count("nodes compared", 1);
        int few = Math.max(1, Math.min(3, settled.size() / 2));
        growth.judge(
            name + ", at rest",
            settled.subList(0, few),
            settled.subList(settled.size() - few, settled.size()),
            false);
      }
      return;
    }
    verdict.count("nodes compared", 1);
    windows(name + ", " + processes.size() + " processes", samples, warm, growth);
    if (processes.size() > 1) {
      processes.forEach(
          (pid, own) -> {
            if (isLong(own)) {
              verdict.count("processes compared", 1);
              windows(name + ", process " + pid, own, own, growth);
            }
          });
    }
  }

  private static boolean isLong(List<Op.Sample> samples) {
    return samples.getLast().invokedNanos() - samples.getFirst().invokedNanos() >= LONG_NANOS;
  }

  /**
   * @param all they say how long it was looked at
   * @param counted they count
   */
  private static void windows(
      String name, List<Op.Sample> all, List<Op.Sample> counted, Growth growth) {
    long begin = all.getFirst().invokedNanos();
    long end = all.getLast().invokedNanos();
    long first = begin + (end - begin) / WARM_UP_OF;
    long width = (end - begin) / WINDOW_OF;
    growth.judge(
        "%s, %d to %d s against %d to %d s"
            .formatted(
                name, seconds(first), seconds(first + width), seconds(end - width), seconds(end)),
        between(counted, first, first + width),
        between(counted, end - width, end),
        true);
  }

  private static List<Op.Sample> between(List<Op.Sample> samples, long from, long to) {
    return samples.stream()
        .filter(sample -> sample.invokedNanos() >= from && sample.invokedNanos() <= to)
        .toList();
  }

  private static long seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos);
  }
}
