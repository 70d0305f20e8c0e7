package dev.funes.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checks see what is wrong, and only that. -Dfunes.seed repeats; -Dfunes.histories is how many.
 */
final class ChecksTest {
  private static final long SEED = Long.getLong("funes.seed", System.nanoTime());
  private static final int HISTORIES = Integer.getInteger("funes.histories", 100);

  @Test
  void randomGoodHistoriesAreGreen() {
    SplittableRandom seeds = new SplittableRandom(SEED);
    for (int i = 0; i < HISTORIES; i++) {
      long seed = i == 0 ? SEED : seeds.nextLong();
      Report report = Checks.all().run(GoodHistory.random(seed));
      assertThat(report.isGreen()).as("-Dfunes.seed=%d%n%s", seed, report.text()).isTrue();
    }
  }

  static Stream<Mutator> mutators() {
    return Mutators.all().stream();
  }

  @ParameterizedTest
  @MethodSource("mutators")
  void aMutatorTurnsItsCheckRedAndNoOther(Mutator mutator) {
    SplittableRandom seeds = new SplittableRandom(SEED);
    int applied = 0;
    for (int i = 0; i < 200 && applied < 3; i++) {
      long seed = i == 0 ? SEED : seeds.nextLong();
      History wrong =
          mutator.change().apply(GoodHistory.random(seed), new SplittableRandom(seed + 1));
      if (wrong == null) {
        continue;
      }
      applied++;
      Report report = Checks.all().run(wrong);
      assertThat(report.red())
          .as("%s, -Dfunes.seed=%d%n%s", mutator, seed, report.text())
          .containsExactly(mutator.check());
    }
    assertThat(applied).as("%s found a place in few histories", mutator).isEqualTo(3);
  }

  @Test
  void everyCheckHasAMutator() {
    TreeSet<String> checks = new TreeSet<>();
    Checks.all().checks().forEach(check -> checks.add(check.name()));
    TreeSet<String> covered = new TreeSet<>();
    Mutators.all().forEach(mutator -> covered.add(mutator.check()));

    assertThat(covered).isEqualTo(checks);
  }

  @Test
  void aMemberThatHearsTooLateOfWhatItHadIsNoViolation() {
    SplittableRandom seeds = new SplittableRandom(SEED);
    History good;
    Op.Ownership released;
    do {
      good = GoodHistory.random(seeds.nextLong());
      released =
          good.all(Op.Ownership.class).stream()
              .filter(own -> own.change() == Op.Change.RELEASED)
              .findAny()
              .orElse(null);
    } while (released == null);
    long before = released.generation() - 1;
    History late =
        Mutations.plus(
            good,
            stray(released, Op.Change.GAINED, before, released.invokedNanos() - 1),
            stray(released, Op.Change.LOST, before, released.invokedNanos()));

    Verdict verdict = new GroupDelivery().run(late);
    assertThat(verdict.green()).as(verdict.toString()).isTrue();
  }

  private static Op stray(Op.Ownership at, Op.Change change, long generation, long nanos) {
    return new Op.Ownership(
        "m9", nanos, change, at.group(), "m9", generation, at.part(), at.position());
  }

  @Test
  void anAcknowledgementThatWasLostIsNoViolation() {
    History good = GoodHistory.random(SEED);
    Op.Write write =
        good.all(Op.Write.class).stream()
            .filter(each -> each.outcome() == Outcome.OK)
            .findAny()
            .orElseThrow();
    History lessKnown =
        Mutations.replace(
            good, write, Mutations.with(write, write.invokedNanos(), Op.NEVER, Outcome.UNKNOWN));

    Report report = Checks.all().run(lessKnown);

    assertThat(report.red()).as("-Dfunes.seed=%d%n%s", SEED, report.text()).isEqualTo(List.of());
  }
}
