package dev.funes.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one producer wrote to one partition last: enough to drop what it sends twice and to refuse
 * what comes out of order.
 *
 * <p>Sequences count the records of one producer epoch and partition from 0 and wrap to 0 after
 * 2^31 - 1.
 *
 * @param epoch the newest epoch seen
 * @param batches the last batches of that epoch, oldest first, one to {@value #BATCHES_MAX}
 * @param lastTimestampMillis the leader's time of the last batch, for forgetting idle producers
 */
public record ProducerState(short epoch, List<ProducerBatch> batches, long lastTimestampMillis) {
  /**
   * How many batches a producer may have in flight and still be understood when it sends one of
   * them again.
   */
  public static final int BATCHES_MAX = 5;

  /** Copies the list. */
  public ProducerState {
    batches = List.copyOf(batches);
    if (batches.isEmpty() || batches.size() > BATCHES_MAX) {
      throw new IllegalArgumentException(
          "expected 1 to " + BATCHES_MAX + " batches, was " + batches.size());
    }
  }

  /**
   * One batch that was appended.
   *
   * @param baseSequence sequence of its first record
   * @param lastSequence sequence of its last record
   * @param baseOffset offset that its first record got
   */
  public record ProducerBatch(int baseSequence, int lastSequence, long baseOffset) {}

  /** What to do with a batch that a producer sent. */
  public sealed interface Check {
    /** Append it. */
    record Next() implements Check {}

    /** It is there already, from this offset on. */
    record Duplicate(long baseOffset) implements Check {}

    /** A batch before it is missing, or it is too old to tell. */
    record OutOfOrder(int expectedSequence) implements Check {}

    /** A newer epoch of this producer has written. */
    record Fenced(short epoch) implements Check {}

    /** Nothing is known of the producer here, and the batch is not its first. */
    record UnknownProducer() implements Check {}
  }

  /** Judges a batch against what is known of its producer; null when nothing is. */
  public static Check judge(
      @Nullable ProducerState known, short epoch, int baseSequence, int lastSequence) {
    if (known == null) {
      return baseSequence == 0 ? new Check.Next() : new Check.UnknownProducer();
    }
    return known.check(epoch, baseSequence, lastSequence);
  }

  /** The state of a producer after its first batch here. */
  public static ProducerState first(
      short epoch, int baseSequence, int lastSequence, long baseOffset, long timestampMillis) {
    return new ProducerState(
        epoch, List.of(new ProducerBatch(baseSequence, lastSequence, baseOffset)), timestampMillis);
  }

  /** Judges a batch of this producer. */
  public Check check(short epoch, int baseSequence, int lastSequence) {
    if (epoch < this.epoch) {
      return new Check.Fenced(this.epoch);
    }
    if (epoch > this.epoch) {
      return baseSequence == 0 ? new Check.Next() : new Check.OutOfOrder(0);
    }
    for (ProducerBatch batch : batches) {
      if (batch.baseSequence() == baseSequence && batch.lastSequence() == lastSequence) {
        return new Check.Duplicate(batch.baseOffset());
      }
    }
    int expected = sequenceAfter(batches.getLast().lastSequence());
    return baseSequence == expected ? new Check.Next() : new Check.OutOfOrder(expected);
  }

  /**
   * The state after one more batch, which {@link #check(short, int, int)} must have called {@link
   * Check.Next}.
   */
  public ProducerState appended(
      short epoch, int baseSequence, int lastSequence, long baseOffset, long timestampMillis) {
    if (epoch != this.epoch) {
      return first(epoch, baseSequence, lastSequence, baseOffset, timestampMillis);
    }
    List<ProducerBatch> last = new ArrayList<>(batches);
    if (last.size() == BATCHES_MAX) {
      last.removeFirst();
    }
    last.add(new ProducerBatch(baseSequence, lastSequence, baseOffset));
    return new ProducerState(epoch, last, timestampMillis);
  }

  /** The sequence that follows, 0 after 2^31 - 1. */
  static int sequenceAfter(int sequence) {
    return sequence == Integer.MAX_VALUE ? 0 : sequence + 1;
  }
}
