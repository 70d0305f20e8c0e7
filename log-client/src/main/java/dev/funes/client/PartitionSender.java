package dev.funes.client;

import dev.funes.record.RecordBatchBuilder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The numbered batches of one partition, from their first sending until they are settled.
 *
 * <p>After a failure that may pass, nothing is sent until every batch under way has been answered;
 * then all that are not in the log go again, in order, under the same numbers, so that a node can
 * tell the ones it has.
 *
 * <p>A batch that fails for good leaves a gap: the batches behind it can never be accepted under
 * their numbers. They are numbered anew, from 0, under a producer id of their own. That cannot
 * write one twice when the failed batch is surely not in the log, because the gap stays. When it
 * may be there (its time ran out without an answer), the batches behind it whose own outcome is
 * unknown fail with it; those that were never sent go on.
 *
 * <p>Only the sender's thread uses it. It does no I/O and reads no clock.
 */
final class PartitionSender {
  private static final long RETRY_MILLIS_MIN = 20;
  private static final long RETRY_MILLIS_MAX = 1_000;
  // A node may hear of a new topic a moment after its creation was acknowledged.
  private static final Duration UNKNOWN_TOPIC_GRACE = Duration.ofSeconds(3);
  private static final int RENUMBERINGS_MAX = 3;

  final RecordBuffer.Lane lane;

  // For the queues that it may be in.
  boolean queued;
  boolean timed;
  long timerNanos;
  boolean waitsForStream;

  private final int inFlightMax;
  private final Duration deliveryTimeout;
  // Completes a batch: with a failure, or with null when it is in the log.
  private final BiConsumer<ProducerBatch, @Nullable FunesException> settle;

  // In the order of their numbers, which is the order of the records.
  private final ArrayDeque<ProducerBatch> unsettled = new ArrayDeque<>();
  private @Nullable ProducerIdentity identity;
  private @Nullable ProducerIdentity abandonedIdentity;
  private @Nullable ServerAddress boundTo;
  private int nextSequence;
  private int inFlight;
  private boolean recovering;
  private boolean gapMayBeWritten;
  private int failures;
  private long retryAtNanos;
  private boolean unknownTopic;
  private long unknownTopicSinceNanos;

  PartitionSender(
      RecordBuffer.Lane lane,
      ClientConfig config,
      BiConsumer<ProducerBatch, @Nullable FunesException> settle) {
    this.lane = lane;
    this.inFlightMax = config.inFlightPerPartition();
    this.deliveryTimeout = config.deliveryTimeout();
    this.settle = settle;
  }

  TopicPartition partition() {
    return lane.partition;
  }

  boolean isEmpty() {
    return unsettled.isEmpty();
  }

  /** The name that it must not take again; null when there is none. */
  @Nullable ProducerIdentity abandonedIdentity() {
    return abandonedIdentity;
  }

  boolean needsIdentity() {
    return identity == null;
  }

  /** Counts from 0 under a new name, beginning with the batches that have lost their numbers. */
  void identify(ProducerIdentity newIdentity) {
    identity = newIdentity;
    nextSequence = 0;
    for (ProducerBatch batch : unsettled) {
      if (batch.identity == null) {
        number(batch, newIdentity);
      }
    }
  }

  /**
   * Nanoseconds until batches may be sent: 0 now, {@code Long.MAX_VALUE} when answers are awaited.
   */
  long pauseNanos(long nowNanos) {
    if (!recovering) {
      return 0;
    }
    if (inFlight > 0) {
      return Long.MAX_VALUE;
    }
    long left = retryAtNanos - nowNanos;
    if (left > 0) {
      return left;
    }
    recovering = false;
    closeGap();
    return 0;
  }

  /** The next batch to send again, or for the first time; null when none may be sent now. */
  @Nullable ProducerBatch nextToSend() {
    ProducerBatch before = null;
    for (ProducerBatch batch : unsettled) {
      if (batch.appended) {
        continue;
      }
      // Across a change of name only the order of sending keeps the order of the records.
      if (before != null && !Objects.equals(before.identity, batch.identity)) {
        return null;
      }
      if (!batch.inFlight) {
        return batch;
      }
      before = batch;
    }
    return null;
  }

  /** True when there is room for another batch, and it would follow the ones before it at once. */
  boolean mayTakeNew() {
    ProducerBatch last = unsettled.peekLast();
    return unsettled.size() < inFlightMax
        && (last == null || last.appended || Objects.equals(last.identity, identity));
  }

  /** Takes a new batch and numbers it; returns its builder, for another use. */
  @Nullable RecordBatchBuilder add(ProducerBatch batch) {
    if (identity == null) {
      throw new IllegalStateException("expected a producer id for " + partition() + ", was none");
    }
    unsettled.add(batch);
    return number(batch, identity);
  }

  private @Nullable RecordBatchBuilder number(ProducerBatch batch, ProducerIdentity name) {
    int sequence = nextSequence;
    nextSequence = (nextSequence + batch.recordCount()) & Integer.MAX_VALUE;
    return batch.number(name, sequence);
  }

  /** The node that has batches of this partition under way; null when none has. */
  @Nullable ServerAddress boundTo() {
    return inFlight > 0 ? boundTo : null;
  }

  void sent(ProducerBatch batch, ServerAddress node) {
    batch.inFlight = true;
    boundTo = node;
    inFlight++;
  }

  void appended(ProducerBatch batch, long baseOffset) {
    land(batch);
    batch.appended = true;
    batch.baseOffset = baseOffset;
    failures = 0;
    unknownTopic = false;
    settleAppended();
  }

  /** Completes what is in the log and has nothing before it that may still come. */
  private void settleAppended() {
    while (!unsettled.isEmpty() && unsettled.getFirst().appended) {
      settle.accept(unsettled.removeFirst(), null);
    }
  }

  void failed(ProducerBatch batch, Failure failure, long nowNanos) {
    land(batch);
    batch.lastFailure = failure;
    batch.maybeWritten |= failure.isAmbiguous();
    if (isRetriable(batch, failure, nowNanos)) {
      recover(failure.retryAfterMillis(), nowNanos);
    } else if (mayRenumber(batch, failure)) {
      // The cluster does not know how far this producer has counted: it forgot, or the topic is
      // another one of the same name. This batch was not written, so it may go under a new name.
      batch.renumberings++;
      openGap(batch, true);
      recover(failure.retryAfterMillis(), nowNanos);
    } else {
      giveUp(batch, failure.exception());
      recover(0, nowNanos);
    }
  }

  private void land(ProducerBatch batch) {
    if (batch.inFlight) {
      batch.inFlight = false;
      inFlight--;
    }
  }

  private boolean isRetriable(ProducerBatch batch, Failure failure, long nowNanos) {
    return switch (failure.code()) {
      case OUT_OF_ORDER_SEQUENCE, UNKNOWN_PRODUCER -> batch.behindGap || !isFirst(batch);
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> {
        if (!unknownTopic) {
          unknownTopic = true;
          unknownTopicSinceNanos = nowNanos;
        }
        yield nowNanos - unknownTopicSinceNanos < UNKNOWN_TOPIC_GRACE.toNanos();
      }
      default -> failure.isTransient();
    };
  }

  private static boolean mayRenumber(ProducerBatch batch, Failure failure) {
    return batch.renumberings < RENUMBERINGS_MAX
        && switch (failure.code()) {
          case UNKNOWN_PRODUCER -> true; // Had it been written, the producer would be known.
          case OUT_OF_ORDER_SEQUENCE -> !batch.maybeWritten;
          default -> false;
        };
  }

  private boolean isFirst(ProducerBatch batch) {
    for (ProducerBatch each : unsettled) {
      if (!each.appended) {
        return each == batch;
      }
    }
    return false;
  }

  private void recover(long retryAfterMillis, long nowNanos) {
    if (!recovering) {
      recovering = true;
      failures++;
    }
    long pause =
        Math.max(retryAfterMillis, Backoff.millis(failures, RETRY_MILLIS_MIN, RETRY_MILLIS_MAX));
    retryAtNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(pause);
  }

  /** Fails a numbered batch for good. */
  private void giveUp(ProducerBatch batch, FunesException failure) {
    if (batch.identity == null) {
      // Waiting for its new number: it leaves no gap.
      unsettled.remove(batch);
    } else if (unsettled.peekLast() == batch
        && !batch.maybeWritten
        && batch.identity.equals(identity)) {
      nextSequence = batch.baseSequence; // Nothing behind it: the next batch takes its number.
      unsettled.remove(batch);
    } else {
      gapMayBeWritten |= batch.maybeWritten;
      openGap(batch, false);
      unsettled.remove(batch);
    }
    settle.accept(batch, failure);
    settleAppended();
  }

  private void openGap(ProducerBatch first, boolean inclusive) {
    boolean behind = false;
    for (ProducerBatch batch : unsettled) {
      if (batch == first) {
        behind = true;
        batch.behindGap |= inclusive;
      } else if (behind && !batch.appended) {
        batch.behindGap = true;
      }
    }
    if (identity != null) {
      abandonedIdentity = identity;
      identity = null;
    }
  }

  /** Everything has been answered: takes the old numbers from the batches behind a gap. */
  private void closeGap() {
    Iterator<ProducerBatch> batches = unsettled.iterator();
    while (batches.hasNext()) {
      ProducerBatch batch = batches.next();
      if (!batch.behindGap || batch.appended) {
        continue;
      }
      if (gapMayBeWritten && batch.maybeWritten) {
        batches.remove();
        settle.accept(
            batch,
            new FunesException(
                ErrorCode.UNKNOWN_OUTCOME,
                "a batch before it timed out, and it is not known whether this one was written"));
        continue;
      }
      batch.behindGap = false;
      batch.identity = null;
    }
    gapMayBeWritten = false;
    settleAppended();
  }

  /** Fails what has been under way for too long and is not being answered just now. */
  void expire(long nowNanos) {
    while (true) {
      ProducerBatch late = firstLate(nowNanos);
      if (late == null) {
        return;
      }
      giveUp(late, timeout(late));
      if (!unsettled.isEmpty()) {
        recover(0, nowNanos);
      }
    }
  }

  private @Nullable ProducerBatch firstLate(long nowNanos) {
    for (ProducerBatch batch : unsettled) {
      if (!batch.appended && !batch.inFlight && isLate(batch, nowNanos)) {
        return batch;
      }
    }
    return null;
  }

  boolean isLate(ProducerBatch batch, long nowNanos) {
    return nowNanos - batch.createdNanos >= deliveryTimeout.toNanos();
  }

  FunesException timeout(ProducerBatch batch) {
    Failure last = batch.lastFailure;
    ErrorCode code =
        last == null
            ? ErrorCode.TIMEOUT
            : batch.maybeWritten ? ErrorCode.UNKNOWN_OUTCOME : last.code();
    return new FunesException(
        code,
        "not acknowledged by %s within %d ms: %s"
            .formatted(
                partition(),
                deliveryTimeout.toMillis(),
                last == null ? "nothing could be sent" : last.message()),
        last == null ? null : last.cause());
  }
}
