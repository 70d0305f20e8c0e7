package dev.funes.chaos.check;

import static dev.funes.chaos.check.Mutations.map;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.RunInfo;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Mutators of what shows only in time: what nodes use, and what retention leaves. */
final class LongRunMutators {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long HOUR_SECONDS = 3_600;

  private LongRunMutators() {}

  static List<Mutator> all() {
    return List.of(
        new Mutator(
            "a node has more and more open", "C13", (good, random) -> grow(good, random, 0, 1)),
        new Mutator(
            "a node has more and more threads", "C13", (good, random) -> grow(good, random, 1, 1)),
        new Mutator("a heap grows", "C13", (good, random) -> grow(good, random, 2, 1)),
        new Mutator("a disk fills", "C13", LongRunMutators::diskFills),
        new Mutator("a process grows until it is restarted", "C13", LongRunMutators::restarted),
        new Mutator("retention took too much", "C5", LongRunMutators::tookTooMuch),
        new Mutator("a log that keeps all begins late", "C5", LongRunMutators::beginsLate));
  }

  private static History grow(History good, SplittableRandom random, int what, double hourly) {
    int node = random.nextInt(1, GoodHistory.NODES + 1);
    return samples(
        good,
        sample -> {
          double factor = 1 + hourly * seconds(sample) / HOUR_SECONDS;
          return sample.node() != node
              ? sample
              : with(
                  sample,
                  (long) (sample.heapBytes() * (what == 2 ? factor : 1)),
                  (long) (sample.descriptors() * (what == 0 ? factor : 1)),
                  (long) (sample.threads() * (what == 1 ? factor : 1)),
                  (long) (sample.diskBytes() * (what == 3 ? factor : 1)),
                  sample.pid());
        });
  }

  /** Where all is kept for ever, disks do fill. */
  private static @Nullable History diskFills(History good, SplittableRandom random) {
    return keepsAll(good) ? null : grow(good, random, 3, 1);
  }

  private static boolean keepsAll(History good) {
    return good.info().topics().getFirst().retentionBytes() == 0;
  }

  /** Both of its lives grow; at the end the second is no larger than the first was early on. */
  private static History restarted(History good, SplittableRandom random) {
    int node = random.nextInt(1, GoodHistory.NODES + 1);
    long restart = 2_600;
    return samples(
        good,
        sample -> {
          long age = seconds(sample) >= restart ? seconds(sample) - restart : seconds(sample);
          return sample.node() != node
              ? sample
              : with(
                  sample,
                  sample.heapBytes() + (age << 16),
                  sample.descriptors(),
                  sample.threads(),
                  sample.diskBytes(),
                  seconds(sample) >= restart ? 9_002 : 9_001);
        });
  }

  private static @Nullable History tookTooMuch(History good, SplittableRandom random) {
    long least = good.info().topics().getFirst().retentionBytes();
    Op.Replica replica =
        Mutations.any(good, Op.Replica.class, each -> each.startOffset() > 0, random);
    return keepsAll(good) || replica == null
        ? null
        : Mutations.replace(
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
                least - 1,
                replica.pieces()));
  }

  private static @Nullable History beginsLate(History good, SplittableRandom random) {
    boolean cut =
        good.all(Op.Replica.class).stream()
            .anyMatch(each -> each.source().equals("fetch") && each.startOffset() > 0);
    RunInfo info = good.info();
    List<RunInfo.TopicPlan> topics = info.topics().stream().map(topic -> topic.keeping(0)).toList();
    return cut
        ? new History(
            new RunInfo(
                info.runId(),
                info.seed(),
                info.name(),
                info.startedMillis(),
                topics,
                info.idempotent(),
                info.limits(),
                info.repeat()),
            good.ops())
        : null;
  }

  private static long seconds(Op.Sample sample) {
    return sample.invokedNanos() / SECOND_NANOS;
  }

  private static History samples(History good, UnaryOperator<Op.Sample> change) {
    return map(good, op -> op instanceof Op.Sample sample ? change.apply(sample) : op);
  }

  private static Op.Sample with(
      Op.Sample sample, long heapBytes, long descriptors, long threads, long diskBytes, long pid) {
    return new Op.Sample(
        sample.invokedNanos(),
        sample.node(),
        heapBytes,
        descriptors,
        threads,
        sample.residentBytes(),
        diskBytes,
        sample.settled(),
        pid);
  }
}
