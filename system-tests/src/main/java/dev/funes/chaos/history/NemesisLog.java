package dev.funes.chaos.history;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;

/**
 * Notes the faults of a run, its marks, and what the nodes use: {@code nemesis.jsonl}. Any thread
 * uses it.
 */
public final class NemesisLog implements Closeable {
  private final Recorder out;

  private NemesisLog(Recorder out) {
    this.out = out;
  }

  /** Opens it; the history must not have one yet. */
  public static NemesisLog open(Path dir, RunClock clock) {
    return new NemesisLog(Recorder.open(dir, "nemesis", clock));
  }

  /**
   * Notes that a fault begins, before it is done.
   *
   * @param targets what it hits: "node 2", say
   * @return its number, for {@link #end}
   */
  public long begin(String name, List<String> targets, Impact impact) {
    long id = out.nextId();
    out.line(
        "fault",
        "begin",
        json -> {
          json.writeNumberField("id", id);
          json.writeStringField("name", name);
          json.writeArrayFieldStart("targets");
          for (String target : targets) {
            json.writeString(target);
          }
          json.writeEndArray();
          json.writeStringField("impact", impact.name());
        });
    return id;
  }

  /**
   * Notes that what the fault did has been taken back (the node runs again, the network is whole).
   *
   * @param evidence that it was real; empty turns the run red
   */
  public void end(long id, String evidence) {
    out.line(
        "fault",
        "end",
        json -> {
          json.writeNumberField("id", id);
          json.writeStringField("evidence", evidence);
        });
  }

  /**
   * Notes a moment of the run. The checks know:
   *
   * <ul>
   *   <li>{@code load}: the workload runs from now on; {@code unload}: it does not any more
   *   <li>{@code healed}: the last fault is over; {@code quiescent}: all nodes have applied the
   *       same; {@code stuck}: they did not get there (turns the run red)
   *   <li>{@code rot}: damage was done to a file, {@code detected}: the node has reported one; the
   *       detail begins with the same word, the id of the damage
   *   <li>{@code red}: the run itself saw something that must not be; the detail says what
   * </ul>
   */
  public void mark(String name, String detail) {
    out.line("mark", name, json -> json.writeStringField("detail", detail));
  }

  /** Notes what a node uses now; the time in the sample does not count. */
  public void sample(Op.Sample sample) {
    out.line(
        "sample",
        sample.settled() ? "settled" : "running",
        json -> {
          json.writeNumberField("node", sample.node());
          json.writeNumberField("heap", sample.heapBytes());
          json.writeNumberField("fds", sample.descriptors());
          json.writeNumberField("threads", sample.threads());
          json.writeNumberField("rss", sample.residentBytes());
          json.writeNumberField("disk", sample.diskBytes());
          json.writeNumberField("pid", sample.pid());
        });
  }

  @Override
  public void close() {
    out.close();
  }
}
