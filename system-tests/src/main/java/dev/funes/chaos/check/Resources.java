package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * C13: a node at rest uses at the end what it used at the beginning. Compares the settled samples
 * of each node: the median of the first three with that of the last three.
 */
final class Resources implements Check {
  private static final long HEAP_SLACK_BYTES = 32L << 20;
  private static final long DESCRIPTORS_SLACK = 64;
  private static final long THREADS_SLACK = 16;

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
    for (Op op : history.ops()) {
      if (op instanceof Op.Sample sample) {
        verdict.count("samples", 1);
        verdict.most("most heap, MiB", sample.heapBytes() >> 20);
        verdict.most("most descriptors", sample.descriptors());
        verdict.most("most threads", sample.threads());
        verdict.most("most disk, MiB", sample.diskBytes() >> 20);
        if (sample.settled()) {
          nodes.computeIfAbsent(sample.node(), _ -> new ArrayList<>()).add(sample);
        }
      }
    }
    int percent = history.info().limits().growthPercent();
    nodes.forEach(
        (node, samples) -> {
          if (samples.size() < 2) {
            return;
          }
          verdict.count("nodes compared", 1);
          Growth growth = new Growth(node, samples, percent, verdict);
          growth.compare("heap bytes", Op.Sample::heapBytes, HEAP_SLACK_BYTES);
          growth.compare("descriptors", Op.Sample::descriptors, DESCRIPTORS_SLACK);
          growth.compare("threads", Op.Sample::threads, THREADS_SLACK);
        });
    return verdict.done();
  }

  private record Growth(int node, List<Op.Sample> samples, int percent, Verdict.Builder verdict) {
    void compare(String what, ToLongFunction<Op.Sample> value, long slack) {
      int few = Math.max(1, Math.min(3, samples.size() / 2));
      long first = median(samples.subList(0, few), value);
      long last = median(samples.subList(samples.size() - few, samples.size()), value);
      if (first >= 0 && last > first + first * percent / 100 + slack) {
        verdict.red(
            samples.getLast().invokedNanos(),
            "node %d: %s went from %d to %d".formatted(node, what, first, last));
      }
    }

    private static long median(List<Op.Sample> some, ToLongFunction<Op.Sample> value) {
      long[] values = some.stream().mapToLong(value).sorted().toArray();
      return values[values.length / 2];
    }
  }
}
