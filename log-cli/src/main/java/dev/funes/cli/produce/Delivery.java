package dev.funes.cli.produce;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Failures;
import dev.funes.cli.format.BadInputException;
import dev.funes.cli.format.InputRecord;
import dev.funes.cli.format.RecordSource;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends the records of one source and sees to it that each is acknowledged or named in a failure.
 *
 * <p>One thread sends; {@link #interrupt} comes from another one, while the sender may hang in a
 * read that nothing can wake. So the sender takes a lock for each record, and whoever finishes
 * first takes it from then on.
 */
final class Delivery {
  private static final Duration INTERRUPTED_CLOSE = Duration.ofSeconds(8);

  private final Producer producer;
  private final Outgoing outgoing;
  private final Report report;
  private final OffsetReport offsets;
  private final Acknowledgements acknowledgements;
  private final ReentrantLock sending = new ReentrantLock();
  private final AtomicBoolean finished = new AtomicBoolean();
  // Guarded by sending, like the two that follow.
  private boolean stopped;
  private long sentRecords;
  private long lastLine;
  private @Nullable BadInputException badInput;

  Delivery(Producer producer, Outgoing outgoing, Report report, OffsetReport offsets) {
    this.producer = producer;
    this.outgoing = outgoing;
    this.report = report;
    this.offsets = offsets;
    this.acknowledgements = new Acknowledgements(outgoing.topic().partitionCount());
  }

  /** Sends until the source ends, a record fails, or somebody interrupts. */
  void sendAll(RecordSource source) throws IOException {
    try {
      InputRecord record = source.next();
      while (record != null && acknowledgements.firstFailure() == null && send(record)) {
        report.progress(acknowledgements);
        record = source.next();
      }
    } catch (BadInputException e) {
      // What stood before it is delivered all the same.
      badInput = e;
    }
  }

  private boolean send(InputRecord record) throws BadInputException {
    ProducerRecord sent = outgoing.recordToSend(record, outgoing.target(record));
    long line = record.lineNumber();
    CompletableFuture<RecordPosition> future;
    sending.lock();
    try {
      if (stopped) {
        return false;
      }
      int bytes = Outgoing.bytes(record);
      future = producer.send(sent);
      // Every outcome is counted in there; nobody waits for the one record.
      var _ =
          future.whenComplete(
              (position, failure) -> acknowledgements.completed(line, bytes, position, failure));
      sentRecords++;
      lastLine = line;
    } finally {
      sending.unlock();
    }
    offsets.add(line, future);
    return true;
  }

  /** Waits for every acknowledgement and says what was done. */
  void finish() {
    if (finished.compareAndSet(false, true)) {
      producer.close();
      offsets.close();
      report.done(acknowledgements, sentRecords);
    }
  }

  /**
   * Stops sending, waits a little for what is under way, and says how to go on. False when the
   * sender was about to finish by itself, which is then worth waiting for.
   */
  boolean interrupt() {
    boolean locked = false;
    try {
      locked = sending.tryLock(INTERRUPTED_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
      stopped = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (locked) {
        sending.unlock();
      }
    }
    if (finished.compareAndSet(false, true)) {
      producer.close(INTERRUPTED_CLOSE);
      offsets.close();
      report.interrupted(acknowledgements, sentRecords, lastLine);
      return true;
    }
    return false;
  }

  /** Why not everything was delivered; null when it was. The unit is what the input is made of. */
  @Nullable CommandFailure failure(String unit) {
    Acknowledgements.Failed failed = acknowledgements.firstFailure();
    if (failed != null) {
      CommandFailure cause = Failures.explain(failed.cause());
      return new CommandFailure(
          cause.exitCode(),
          "%s %d: %s".formatted(unit, failed.lineNumber(), cause.getMessage()),
          acknowledgements.records() + " records were acknowledged before",
          failed.cause());
    }
    BadInputException bad = badInput;
    if (bad != null) {
      return new CommandFailure(
          ExitCode.USAGE,
          "%s %d: %s".formatted(unit, bad.lineNumber(), bad.getMessage()),
          "the " + acknowledgements.records() + " records before it were written",
          bad);
    }
    return null;
  }
}
