package dev.funes.chaos;

import dev.funes.chaos.check.Checks;
import dev.funes.chaos.check.Report;
import dev.funes.chaos.history.History;
import dev.funes.chaos.timeline.Timeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes-chaos check}. */
@Command(
    name = "check",
    description = {
      "Check a history that was kept, again.",
      "Writes report.json and timeline.html beside it. Exit code 1 when a check is red."
    },
    mixinStandardHelpOptions = true,
    footer = {"%nExamples:", "  funes-chaos check /tmp/funes-chaos/kill-7"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The history: a folder with run.json in it.")
  private Path dir;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    History history;
    try {
      history = History.load(dir);
    } catch (IOException e) {
      spec.commandLine().getErr().println("funes-chaos: " + e.getMessage());
      return ExitCodes.RUN_FAILED;
    }
    Report report = Checks.all().run(history);
    report.write(dir.resolve("report.json"));
    Path timeline = dir.resolve("timeline.html");
    Timeline.write(history, report, timeline);
    out.print(report.text());
    out.println("timeline: " + timeline);
    if (!history.info().repeat().isEmpty()) {
      out.println("repeat with: " + history.info().repeat());
    }
    out.flush();
    return report.isGreen() ? ExitCodes.GREEN : ExitCodes.RED;
  }
}
