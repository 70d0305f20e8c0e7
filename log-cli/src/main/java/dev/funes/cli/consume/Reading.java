package dev.funes.cli.consume;

import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.Progress;
import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.RecordFormat;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.record.LogRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and prints until told to end. With a consumer group, only what has left the process is
 * committed: first the output is flushed, then the offsets are stored.
 */
final class Reading {
  private static final Duration POLL = Duration.ofMillis(500);
  // At the end somebody else may have to say that nothing is left.
  private static final Duration POLL_AT_END = Duration.ofMillis(50);
  private static final int RESUME_LINES_MAX = 12;

  private final Consumer consumer;
  private final Written written;
  private final Until until;
  private final long countMax;
  private final RecordFormat format;
  private final ByteSink out;
  private final Progress progress;
  private final boolean endsByItself;
  private final boolean isFiltered;
  private long records;
  private long bytes;

  Reading(
      Consumer consumer,
      Written written,
      @Nullable Until until,
      boolean isFiltered,
      long countMax,
      RecordFormat format,
      ByteSink out,
      Progress progress) {
    this.consumer = consumer;
    this.written = written;
    this.until = until == null ? () -> false : until;
    this.endsByItself = until != null;
    this.isFiltered = isFiltered;
    this.countMax = countMax;
    this.format = format;
    this.out = out;
    this.progress = progress;
  }

  /** Returns after the last record, at the end, after an interruption, or when nobody reads on. */
  void run(Interruption interruption) throws IOException {
    try {
      while (records < countMax && !until.isReached() && !interruption.isRequested()) {
        List<ConsumedRecord> polled = consumer.poll(endsByItself ? POLL_AT_END : POLL);
        print(polled);
        if (polled.isEmpty() && isFiltered) {
          written.reachedPositions(until);
        }
        written.commitWhenDue(polled.isEmpty());
      }
    } catch (BrokenPipeException e) {
      // Whoever read the output has enough: not an error. What they may not have seen stays
      // uncommitted.
      return;
    }
    if (isFiltered && until.isReached()) {
      written.reachedPositions(until);
    }
    written.commit();
  }

  private void print(List<ConsumedRecord> polled) throws IOException {
    ConsumedRecord last = null;
    try {
      for (ConsumedRecord consumed : polled) {
        if (records == countMax || !until.wants(consumed)) {
          break; // All are of one partition, so nothing that is wanted comes after it.
        }
        LogRecord record = consumed.record();
        format.write(consumed.topic(), consumed.partition(), record, out);
        records++;
        bytes += length(record.key()) + length(record.value());
        last = consumed;
      }
      out.flush();
    } catch (IOException e) {
      throw BrokenPipeException.isBrokenPipe(e) ? new BrokenPipeException(e) : e;
    }
    if (last != null) {
      written.wrote(last);
    }
  }

  private static int length(byte @Nullable [] content) {
    return content == null ? 0 : content.length;
  }

  /**
   * Says what was read, and what to type to read on.
   *
   * @param again the command with its topics, and the group if there is one
   */
  void printSummary(String again, boolean storesOffsets, PrintWriter err) {
    err.println("interrupted: " + progress.describe(records, bytes) + " read");
    if (storesOffsets) {
      err.println("to go on: " + again);
    } else {
      written.offsets().entrySet().stream()
          .limit(RESUME_LINES_MAX)
          .forEach(
              entry ->
                  err.println(
                      "to go on: funes consume %s -p %d -o %d"
                          .formatted(
                              entry.getKey().topic(),
                              entry.getKey().partition(),
                              entry.getValue())));
    }
    err.flush();
  }
}
