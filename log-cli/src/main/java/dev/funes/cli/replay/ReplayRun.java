package dev.funes.cli.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.Progress;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.format.Times;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Cut;
import dev.funes.client.Replay;
import dev.funes.client.TopicPartition;
import dev.funes.filter.Filter;
import dev.funes.record.LogRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes one record after the other from a replay to a sink, at the pace that was asked for. */
final class ReplayRun {
  private static final long NAP_NANOS = Duration.ofMillis(100).toNanos();
  private static final Duration SHOWN_GAP = Duration.ofSeconds(2);
  private static final String ERASE_LINE = "\r\u001b[K";

  private final Replay replay;
  private final RecordSink sink;
  private final Speed speed;
  private final @Nullable Filter until;
  private final @Nullable BufferedReader steps;
  private final PrintWriter err;
  private final Progress progress;
  private long records;
  private long bytes;
  private long firstMillis;
  private long firstNanos;
  // The record at hand: until it is where it belongs, a replay has to begin with it.
  private @Nullable ConsumedRecord current;

  /**
   * @param until null: to the end
   * @param steps where somebody says go on before each record; null: nobody
   */
  ReplayRun(
      Replay replay,
      RecordSink sink,
      Speed speed,
      @Nullable Filter until,
      @Nullable InputStream steps,
      PrintWriter err) {
    this.replay = replay;
    this.sink = sink;
    this.speed = speed;
    this.until = until;
    this.steps = steps == null ? null : new BufferedReader(new InputStreamReader(steps, UTF_8));
    this.err = err;
    this.progress = new Progress(err);
  }

  /** Returns at the end, after the record that {@code --until} is true for, or when told to end. */
  void run(Interruption interruption) throws IOException {
    while (!interruption.isRequested() && replay.hasNext()) {
      ConsumedRecord record = replay.next();
      current = record;
      await(record, interruption);
      if (interruption.isRequested() || !isWanted()) {
        break;
      }
      sink.accept(record);
      current = null;
      records++;
      bytes += length(record.record().key()) + length(record.record().value());
      if (until != null && until.matches(record.topic(), record.partition(), record.record())) {
        sink.flush();
        err.println(
            "stopped after offset %d of %s/%d: --until is true"
                .formatted(record.offset(), record.topic(), record.partition()));
        return;
      }
    }
    sink.flush();
  }

  /** Where to begin to get everything that has not been taken to the sink. */
  Cut position() {
    SortedMap<TopicPartition, Long> offsets = new TreeMap<>(replay.position().offsets());
    if (current != null) {
      offsets.put(current.topicPartition(), current.offset());
    }
    return new Cut(offsets);
  }

  String summary() {
    return progress.describe(records, bytes);
  }

  long records() {
    return records;
  }

  private void await(ConsumedRecord record, Interruption interruption) throws IOException {
    LogRecord content = record.record();
    if (records == 0) {
      firstMillis = content.timestampMillis();
      firstNanos = System.nanoTime();
      return;
    }
    long due = firstNanos + speed.after(firstMillis, content.timestampMillis()).toNanos();
    long left = due - System.nanoTime();
    if (left <= 0) {
      return;
    }
    sink.flush();
    boolean shown = Terminal.onStandardError() && left > SHOWN_GAP.toNanos();
    while (left > 0 && !interruption.isRequested()) {
      if (shown) {
        err.print(
            ERASE_LINE
                + "next in "
                + Times.printDuration(Duration.ofNanos(left).toSeconds() * 1_000)
                + ", of "
                + Times.printTimestamp(content.timestampMillis()));
        err.flush();
      }
      LockSupport.parkNanos(Math.min(left, NAP_NANOS));
      left = due - System.nanoTime();
    }
    if (shown) {
      err.print(ERASE_LINE);
      err.flush();
    }
  }

  /** With steps: whether somebody said go on. */
  private boolean isWanted() throws IOException {
    if (steps == null) {
      return true;
    }
    sink.flush();
    if (Terminal.onStandardError()) {
      err.print("[Enter: next, q: quit] ");
      err.flush();
    }
    String line = steps.readLine();
    return line != null && !line.strip().equalsIgnoreCase("q");
  }

  private static int length(byte @Nullable [] content) {
    return content == null ? 0 : content.length;
  }
}
