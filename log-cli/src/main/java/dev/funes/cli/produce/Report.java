package dev.funes.cli.produce;

import dev.funes.cli.console.Progress;
import dev.funes.cli.console.Terminal;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What produce says to people: how far it is, and at the end what it did. */
final class Report {
  private final String topic;
  private final @Nullable String file;
  private final PrintWriter err;
  private final Progress progress;

  /** A report on standard error; the file is null when standard input is read. */
  Report(String topic, @Nullable String file, PrintWriter err) {
    this.topic = topic;
    this.file = file;
    this.err = err;
    this.progress = new Progress(err);
  }

  void progress(Acknowledgements done) {
    if (progress.isDue()) {
      progress.show(done.records(), done.bytes());
    }
  }

  /** A word to a person at the end; scripts have the exit code. */
  void done(Acknowledgements done, long sentRecords) {
    progress.clear();
    if (Terminal.onStandardError()) {
      say(progress.describe(done.records(), done.bytes()) + " acknowledged by the cluster");
      sayUnacknowledged(done, sentRecords);
    }
  }

  /** The summary after Ctrl-C, which scripts get as well. */
  void interrupted(Acknowledgements done, long sentRecords, long lastLine) {
    progress.clear();
    say("interrupted: " + progress.describe(done.records(), done.bytes()) + " acknowledged");
    if (!done.lastOffsets().isEmpty()) {
      say(
          "last offset by partition: "
              + done.lastOffsets().entrySet().stream()
                  .map(entry -> entry.getKey() + "=" + entry.getValue())
                  .collect(Collectors.joining(" ")));
    }
    sayUnacknowledged(done, sentRecords);
    long nextLine = lastLine + 1;
    String input = file == null || file.equals("-") ? "" : " " + file;
    say(
        input.isEmpty()
            ? "to go on, start at line " + nextLine + " of the input"
            : "to go on: tail -n +" + nextLine + input + " | funes produce " + topic + " ...");
  }

  /** The summary after Ctrl-C when the input had not been read to its end. */
  void nothing() {
    say("interrupted: nothing was written, the input goes whole or not at all");
  }

  private void sayUnacknowledged(Acknowledgements done, long sentRecords) {
    long open = sentRecords - done.records();
    if (open > 0) {
      say(open + " records were sent and not acknowledged: they may be in the log or not");
    }
  }

  private void say(String words) {
    err.println(words);
    err.flush();
  }
}
