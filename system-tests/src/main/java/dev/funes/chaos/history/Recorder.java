package dev.funes.chaos.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the history of one process: {@code <process>.jsonl}, a JSON object a line, each with the
 * system when {@link #line} returns. Any thread uses it.
 */
public final class Recorder implements Closeable {
  private static final JsonFactory JSON = new JsonFactory();

  /** Writes the fields of a line. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private final String process;
  private final RunClock clock;
  private final OutputStream out;
  private final AtomicLong ids = new AtomicLong();

  private Recorder(String process, RunClock clock, OutputStream out) {
    this.process = process;
    this.clock = clock;
    this.out = out;
  }

  /** Opens the history of a process, which must not be there yet. */
  public static Recorder open(Path dir, String process, RunClock clock) {
    try {
      Files.createDirectories(dir);
      OutputStream file =
          Files.newOutputStream(
              dir.resolve(process + ".jsonl"),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE);
      return new Recorder(process, clock, new BufferedOutputStream(file, 1 << 16));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String process() {
    return process;
  }

  public RunClock clock() {
    return clock;
  }

  /** A number for an operation, to tell its lines apart from others of this process. */
  public long nextId() {
    return ids.incrementAndGet();
  }

  /** Writes a line that happened now; returns when that was. */
  public long line(String op, String phase, Fields fields) {
    synchronized (this) {
      long now = clock.nanos();
      try {
        try (JsonGenerator json = JSON.createGenerator(out)) {
          json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
          json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
          json.writeStartObject();
          json.writeNumberField("t", now);
          json.writeStringField("op", op);
          json.writeStringField("phase", phase);
          fields.write(json);
          json.writeEndObject();
        }
        out.write('\n');
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("history of " + process, e);
      }
      return now;
    }
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException("history of " + process, e);
    }
  }
}
