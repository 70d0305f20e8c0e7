package dev.funes.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.state.ProducerState.Check;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProducerStateTest {
  private static final short EPOCH = 3;

  /** Ten records a batch, batch n from offset 100 n. */
  private static ProducerState after(int batches) {
    ProducerState state = ProducerState.first(EPOCH, 0, 9, 0, 1);
    for (int n = 1; n < batches; n++) {
      assertThat(state.check(EPOCH, 10 * n, 10 * n + 9)).isEqualTo(new Check.Next());
      state = state.appended(EPOCH, 10 * n, 10 * n + 9, 100L * n, n);
    }
    return state;
  }

  @Test
  void takesTheFirstBatchOfAnUnknownProducerOnlyFromSequenceZero() {
    assertThat(ProducerState.judge(null, EPOCH, 0, 9)).isEqualTo(new Check.Next());
    assertThat(ProducerState.judge(null, EPOCH, 10, 19)).isEqualTo(new Check.UnknownProducer());
  }

  @Test
  void answersEachOfTheLastFiveBatchesWithItsOffset() {
    ProducerState state = after(8);
    for (int n = 3; n < 8; n++) {
      assertThat(ProducerState.judge(state, EPOCH, 10 * n, 10 * n + 9))
          .isEqualTo(new Check.Duplicate(100L * n));
    }
    assertThat(state.check(EPOCH, 20, 29))
        .as("too old to know its offset")
        .isEqualTo(new Check.OutOfOrder(80));
  }

  @Test
  void refusesGapsAndBatchesThatOverlap() {
    ProducerState state = after(2);
    assertThat(state.check(EPOCH, 21, 30)).isEqualTo(new Check.OutOfOrder(20));
    assertThat(state.check(EPOCH, 15, 24)).isEqualTo(new Check.OutOfOrder(20));
    assertThat(state.check(EPOCH, 10, 14)).as("half of one").isEqualTo(new Check.OutOfOrder(20));
    assertThat(state.check(EPOCH, 0, 19)).as("two as one").isEqualTo(new Check.OutOfOrder(20));
  }

  @Test
  void fencesOldEpochsAndStartsNewOnesAtZero() {
    ProducerState state = after(2);
    assertThat(state.check((short) 2, 20, 29)).isEqualTo(new Check.Fenced(EPOCH));
    assertThat(state.check((short) 4, 20, 29)).isEqualTo(new Check.OutOfOrder(0));
    assertThat(state.check((short) 4, 0, 9)).isEqualTo(new Check.Next());

    ProducerState next = state.appended((short) 4, 0, 9, 500, 7);
    assertThat(next.batches()).hasSize(1);
    assertThat(next.check(EPOCH, 20, 29)).isEqualTo(new Check.Fenced((short) 4));
    assertThat(next.check((short) 4, 0, 9)).isEqualTo(new Check.Duplicate(500));
  }

  @Test
  void goesOnFromZeroAfterTheGreatestSequence() {
    int max = Integer.MAX_VALUE;
    ProducerState full = ProducerState.first(EPOCH, max - 9, max, 1000, 1);
    assertThat(full.check(EPOCH, 0, 9)).isEqualTo(new Check.Next());

    ProducerState within = ProducerState.first(EPOCH, max - 4, 4, 1000, 1);
    assertThat(within.check(EPOCH, 5, 14)).isEqualTo(new Check.Next());
    assertThat(within.check(EPOCH, max - 4, 4)).isEqualTo(new Check.Duplicate(1000));
    assertThat(within.check(EPOCH, 0, 9)).isEqualTo(new Check.OutOfOrder(5));
  }

  @Test
  void survivesItsEncoding() {
    for (int batches = 1; batches < 8; batches++) {
      ProducerState state = after(batches);
      assertThat(Values.producer(Values.encode(state))).isEqualTo(state);
    }
  }

  @Test
  void refusesToBeWithoutABatch() {
    assertThatThrownBy(() -> new ProducerState(EPOCH, List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
