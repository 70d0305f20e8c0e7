package dev.funes.cli.produce;

import dev.funes.cli.format.ByteSink;
import dev.funes.client.RecordPosition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Prints where each record has come to lie, one JSON object a line, in the order of the input.
 *
 * <p>A thread of its own prints, so that neither the input nor the producer waits for whoever reads
 * the report, until {@link #OPEN_MAX} records are ahead of it. One thread adds.
 */
final class OffsetReport {
  private static final int OPEN_MAX = 10_000;
  private static final long CLOSE_MILLIS_MAX = 5_000;

  private record Line(long number, CompletableFuture<RecordPosition> position) {}

  private static final Line END = new Line(-1, new CompletableFuture<>());

  private final @Nullable ByteSink out; // the thread's own; null when nothing is to be printed
  private final ArrayBlockingQueue<Line> lines = new ArrayBlockingQueue<>(OPEN_MAX);
  private final Thread thread = new Thread(this::print, "funes-report");
  private boolean broken; // the thread's own

  private OffsetReport(@Nullable ByteSink out) {
    this.out = out;
    thread.setDaemon(true);
  }

  static OffsetReport none() {
    return new OffsetReport(null);
  }

  static OffsetReport json(OutputStream out) {
    OffsetReport report = new OffsetReport(new ByteSink(out));
    report.thread.start();
    return report;
  }

  /** The next record of the input. One that fails is left out: the command tells of it. */
  void add(long lineNumber, CompletableFuture<RecordPosition> position) {
    if (out != null) {
      put(new Line(lineNumber, position));
    }
  }

  private void put(Line line) {
    try {
      lines.put(line);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Prints what was added; every record has been settled by now. */
  void close() {
    if (out == null) {
      return;
    }
    put(END);
    try {
      thread.join(CLOSE_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print() {
    try {
      for (Line line = lines.take(); line.number() >= 0; line = lines.take()) {
        RecordPosition position =
            line.position().handle((settled, failure) -> failure == null ? settled : null).join();
        if (position != null && !broken) {
          print(line.number(), position, lines.isEmpty());
        }
      }
      print(0, null, true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(long number, @Nullable RecordPosition position, boolean flush) {
    ByteSink sink = out;
    if (sink == null || broken) {
      return;
    }
    try {
      if (position != null) {
        // The names of topics have nothing that JSON would have to escape.
        write("{\"line\":", number, sink);
        sink.write((",\"topic\":\"" + position.topic()).getBytes(StandardCharsets.UTF_8));
        write("\",\"partition\":", position.partition(), sink);
        write(",\"offset\":", position.offset(), sink);
        sink.write(new byte[] {'}', '\n'});
      }
      if (flush) {
        sink.flush();
      }
    } catch (IOException e) {
      broken = true; // Nobody reads it any more; the records are written all the same.
    }
  }

  private static void write(String text, long number, ByteSink sink) throws IOException {
    sink.write(text.getBytes(StandardCharsets.UTF_8));
    sink.writeNumber(number);
  }
}
