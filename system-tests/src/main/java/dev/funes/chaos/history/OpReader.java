package dev.funes.chaos.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes operations of the lines of one process. */
final class OpReader {
  private final String process;
  private final Consumer<Op> found;
  private final Map<Long, Writing> writes = new HashMap<>();
  private final Map<Long, Line> commits = new HashMap<>();
  private final Map<Long, Line> resets = new HashMap<>();
  private final Map<Long, Line> faults = new HashMap<>();

  OpReader(String process, Consumer<Op> found) {
    this.process = process;
    this.found = found;
  }

  void line(String text) throws IOException {
    Line line = Line.parse(text);
    switch (line.op()) {
      case "write" -> write(line);
      case "read" -> read(line);
      case "end" ->
          found.accept(
              new Op.End(
                  process,
                  line.number("s"),
                  line.t(),
                  line.integer("node"),
                  line.integer("part"),
                  line.number("off")));
      case "commit" -> ended(line, commits, OpReader.this::commit);
      case "committed" ->
          found.accept(
              new Op.Committed(
                  process,
                  line.number("s"),
                  line.t(),
                  line.text("group"),
                  line.integer("part"),
                  line.number("off")));
      case "reset" -> ended(line, resets, OpReader.this::reset);
      case "own" -> own(line);
      case "fault" -> ended(line, faults, OpReader.this::fault);
      case "mark" -> found.accept(new Op.Mark(line.t(), line.phase(), line.text("detail")));
      case "sample" -> sample(line);
      case "replica" ->
          found.accept(
              new Op.Replica(
                  line.t(),
                  line.integer("node"),
                  line.integer("part"),
                  line.phase(),
                  line.number("start"),
                  line.number("end"),
                  line.text("sha256"),
                  line.number("bytes", -1),
                  line.pieces()));
      case "files" ->
          found.accept(
              new Op.Files(
                  line.t(),
                  line.integer("node"),
                  line.phase().equals("clean"),
                  line.text("report")));
      default -> throw new IOException("op " + line.op() + " is not known");
    }
  }

  /** What was never answered. */
  void end() {
    writes.values().forEach(writing -> writing.unanswered(process, found));
    commits.values().forEach(line -> commit(line, null));
    resets.values().forEach(line -> reset(line, null));
    faults.values().forEach(line -> fault(line, null));
  }

  private interface Ended {
    void accept(Line begun, @Nullable Line end);
  }

  private static void ended(Line line, Map<Long, Line> begun, Ended then) throws IOException {
    if (line.phase().equals("invoke") || line.phase().equals("begin")) {
      begun.put(line.number("id"), line);
      return;
    }
    Line first = begun.remove(line.number("id"));
    if (first == null) {
      throw new IOException("id " + line.number("id") + " ends what did not begin");
    }
    then.accept(first, line);
  }

  private static Outcome outcome(@Nullable Line end) {
    return end == null ? Outcome.UNKNOWN : end.outcome();
  }

  /** What ends without being known is not over: it may be done at any later time. */
  private static long endedNanos(@Nullable Line end) {
    return end == null || end.outcome() == Outcome.UNKNOWN ? Op.NEVER : end.t();
  }

  private void commit(Line begun, @Nullable Line end) {
    found.accept(
        new Op.Commit(
            process,
            begun.t(),
            endedNanos(end),
            outcome(end),
            begun.text("group"),
            begun.text("member"),
            begun.number("gen"),
            begun.integer("part"),
            begun.number("off"),
            end == null ? "" : end.text("err")));
  }

  private void reset(Line begun, @Nullable Line end) {
    found.accept(
        new Op.Reset(
            process,
            begun.t(),
            endedNanos(end),
            outcome(end),
            begun.text("group"),
            begun.integer("part"),
            begun.number("off")));
  }

  private void fault(Line begun, @Nullable Line end) {
    found.accept(
        new Op.Fault(
            begun.number("id"),
            begun.text("name"),
            begun.texts("targets"),
            Impact.valueOf(begun.text("impact")),
            begun.t(),
            end == null ? Op.NEVER : end.t(),
            end == null ? "" : end.text("evidence")));
  }

  private void own(Line line) {
    found.accept(
        new Op.Ownership(
            process,
            line.t(),
            Op.Change.valueOf(line.phase()),
            line.text("group"),
            line.text("member"),
            line.number("gen"),
            line.integer("part"),
            line.number("pos")));
  }

  private void read(Line line) {
    found.accept(
        new Op.Read(
            process,
            line.number("s"),
            line.t(),
            Op.Reader.valueOf(line.text("reader")),
            (int) line.number("node", 0),
            line.text("group"),
            line.integer("part"),
            line.number("from"),
            line.number("next"),
            line.number("end", -1),
            line.numbers("runs"),
            line.bad()));
  }

  private void sample(Line line) {
    found.accept(
        new Op.Sample(
            line.t(),
            line.integer("node"),
            line.number("heap"),
            line.number("fds"),
            line.number("threads"),
            line.number("rss"),
            line.number("disk"),
            line.phase().equals("settled"),
            line.number("pid", 0)));
  }

  private void write(Line line) throws IOException {
    long id = line.number("id");
    if (line.phase().equals("invoke")) {
      writes.put(id, new Writing(line));
      return;
    }
    Writing writing = writes.get(id);
    if (writing == null) {
      throw new IOException("id " + id + " ends what did not begin");
    }
    found.accept(writing.ended(process, line));
    if (writing.isComplete()) {
      writes.remove(id);
    }
  }

  /** A write of which some records are not answered yet. */
  private static final class Writing {
    private final Line begun;
    private final List<long[]> answered = new ArrayList<>(); // sequence, count
    private int left;

    Writing(Line begun) {
      this.begun = begun;
      this.left = begun.integer("n");
    }

    boolean isComplete() {
      return left <= 0;
    }

    Op.Write ended(String process, Line end) {
      Outcome outcome = end.outcome();
      long seq = end.number("seq");
      int count = end.integer("n");
      answered.add(new long[] {seq, count});
      left -= count;
      long endedNanos = outcome == Outcome.UNKNOWN ? Op.NEVER : end.t();
      long offset = outcome == Outcome.OK ? end.number("off") : -1;
      return write(process, seq, count, outcome, endedNanos, offset, end.text("err"));
    }

    private Op.Write write(
        String process,
        long seq,
        int count,
        Outcome outcome,
        long endedNanos,
        long offset,
        String error) {
      return new Op.Write(
          process,
          begun.t(),
          endedNanos,
          outcome,
          begun.integer("part"),
          begun.integer("producer"),
          begun.integer("epoch"),
          seq,
          count,
          offset,
          error);
    }

    void unanswered(String process, Consumer<Op> found) {
      long first = begun.number("seq");
      long end = first + begun.integer("n");
      answered.sort((a, b) -> Long.compare(a[0], b[0]));
      answered.add(new long[] {end, 0});
      for (long[] each : answered) {
        if (each[0] > first) {
          int count = (int) (each[0] - first);
          found.accept(
              write(process, first, count, Outcome.UNKNOWN, Op.NEVER, -1, "never answered"));
        }
        first = Math.max(first, each[0] + each[1]);
      }
    }
  }
}
