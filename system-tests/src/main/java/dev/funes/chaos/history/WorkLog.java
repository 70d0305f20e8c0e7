package dev.funes.chaos.history;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Notes what one process of the workload does. Any thread uses it. */
public final class WorkLog implements Closeable {
  private final Recorder out;

  private WorkLog(Recorder out) {
    this.out = out;
  }

  /** Opens the history of a process, which must not be there yet. */
  public static WorkLog open(Path dir, String process, RunClock clock) {
    return new WorkLog(Recorder.open(dir, process, clock));
  }

  public String process() {
    return out.process();
  }

  /** Nanoseconds since the run began. */
  public long now() {
    return out.clock().nanos();
  }

  /** Notes a write before it is sent; returns its number. */
  public long writing(int part, int producer, int epoch, long firstSeq, int count) {
    long id = out.nextId();
    out.line(
        "write",
        "invoke",
        json -> {
          json.writeNumberField("id", id);
          json.writeNumberField("part", part);
          json.writeNumberField("producer", producer);
          json.writeNumberField("epoch", epoch);
          json.writeNumberField("seq", firstSeq);
          json.writeNumberField("n", count);
        });
    return id;
  }

  /** Notes that these records of a write are in the log, at offsets that follow each other. */
  public void written(long id, long firstSeq, int count, long firstOffset) {
    out.line(
        "write",
        Outcome.OK.phase(),
        json -> {
          json.writeNumberField("id", id);
          json.writeNumberField("seq", firstSeq);
          json.writeNumberField("n", count);
          json.writeNumberField("off", firstOffset);
        });
  }

  /** Notes how these records of a write ended, when they are not known to be in the log. */
  public void notWritten(long id, Outcome outcome, long firstSeq, int count, String error) {
    out.line(
        "write",
        outcome.phase(),
        json -> {
          json.writeNumberField("id", id);
          json.writeNumberField("seq", firstSeq);
          json.writeNumberField("n", count);
          json.writeStringField("err", error);
        });
  }

  /** Notes what was read. Its times count, but not the end: that is now. */
  public void read(Op.Read read) {
    out.line(
        "read",
        "ok",
        json -> {
          json.writeNumberField("s", read.invokedNanos());
          json.writeStringField("reader", read.reader().name());
          number(json, "node", read.node(), 0);
          text(json, "group", read.group());
          json.writeNumberField("part", read.part());
          json.writeNumberField("from", read.fromOffset());
          json.writeNumberField("next", read.nextOffset());
          number(json, "end", read.endOffset(), -1);
          json.writeArrayFieldStart("runs");
          for (long value : read.runs()) {
            json.writeNumber(value);
          }
          json.writeEndArray();
          bad(json, read.bad());
        });
  }

  private static void bad(JsonGenerator json, List<Op.BadRecord> bad) throws IOException {
    if (bad.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("bad");
    for (Op.BadRecord each : bad) {
      json.writeStartArray();
      json.writeNumber(each.offset());
      json.writeString(each.problem());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, String name, long value, long absent)
      throws IOException {
    if (value != absent) {
      json.writeNumberField(name, value);
    }
  }

  private static void text(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  /** Notes where a partition ends, as a node said when it was asked at that time. */
  public void end(long invokedNanos, int node, int part, long endOffset) {
    out.line(
        "end",
        "ok",
        json -> {
          json.writeNumberField("s", invokedNanos);
          json.writeNumberField("node", node);
          json.writeNumberField("part", part);
          json.writeNumberField("off", endOffset);
        });
  }

  /** Notes a commit before it is sent; returns its number. */
  public long committing(String group, String member, long generation, int part, long offset) {
    long id = out.nextId();
    out.line(
        "commit",
        "invoke",
        json -> {
          json.writeNumberField("id", id);
          json.writeStringField("group", group);
          json.writeStringField("member", member);
          json.writeNumberField("gen", generation);
          json.writeNumberField("part", part);
          json.writeNumberField("off", offset);
        });
    return id;
  }

  /** Notes how a commit ended. */
  public void committed(long id, Outcome outcome, String error) {
    ended("commit", id, outcome, error);
  }

  private void ended(String op, long id, Outcome outcome, String error) {
    out.line(
        op,
        outcome.phase(),
        json -> {
          json.writeNumberField("id", id);
          text(json, "err", error);
        });
  }

  /** Notes the stored offset of a consumer group, asked at that time; -1: there was none. */
  public void stored(long invokedNanos, String group, int part, long offset) {
    out.line(
        "committed",
        "ok",
        json -> {
          json.writeNumberField("s", invokedNanos);
          json.writeStringField("group", group);
          json.writeNumberField("part", part);
          json.writeNumberField("off", offset);
        });
  }

  /** Notes a reset of a stored offset before it is asked for; returns its number. */
  public long resetting(String group, int part, long offset) {
    long id = out.nextId();
    out.line(
        "reset",
        "invoke",
        json -> {
          json.writeNumberField("id", id);
          json.writeStringField("group", group);
          json.writeNumberField("part", part);
          json.writeNumberField("off", offset);
        });
    return id;
  }

  /** Notes how a reset ended. */
  public void reset(long id, Outcome outcome, String error) {
    ended("reset", id, outcome, error);
  }

  /** Notes that a member takes or leaves a partition, now. */
  public void ownership(
      Op.Change change, String group, String member, long generation, int part, long position) {
    out.line(
        "own",
        change.name(),
        json -> {
          json.writeStringField("group", group);
          json.writeStringField("member", member);
          json.writeNumberField("gen", generation);
          json.writeNumberField("part", part);
          json.writeNumberField("pos", position);
        });
  }

  /** Notes what a replica holds; the time in it does not count. */
  public void replica(Op.Replica replica) {
    out.line(
        "replica",
        replica.source(),
        json -> {
          json.writeNumberField("node", replica.node());
          json.writeNumberField("part", replica.part());
          json.writeNumberField("start", replica.startOffset());
          json.writeNumberField("end", replica.endOffset());
          json.writeStringField("sha256", replica.sha256());
          number(json, "bytes", replica.bytes(), -1);
          json.writeArrayFieldStart("pieces");
          for (Op.Piece piece : replica.pieces()) {
            json.writeStartArray();
            json.writeNumber(piece.firstOffset());
            json.writeNumber(piece.endOffset());
            json.writeString(piece.sha256());
            json.writeEndArray();
          }
          json.writeEndArray();
        });
  }

  /** Notes what a check of a stopped node's files said. */
  public void files(int node, boolean clean, String report) {
    out.line(
        "files",
        clean ? "clean" : "damaged",
        json -> {
          json.writeNumberField("node", node);
          json.writeStringField("report", report);
        });
  }

  /** Notes something that turns the run red by itself. */
  public void red(String what) {
    out.line("mark", "red", json -> json.writeStringField("detail", what));
  }

  @Override
  public void close() {
    out.close();
  }
}
