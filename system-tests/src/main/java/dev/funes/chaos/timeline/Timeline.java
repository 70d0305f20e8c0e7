package dev.funes.chaos.timeline;

import dev.funes.chaos.check.Report;
import dev.funes.chaos.check.Verdict;
import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Draws a run: what was written and read, how long it took, the faults, and the violations. */
public final class Timeline {
  private static final String STYLE =
      """
      body { font: 14px sans-serif; margin: 2em; max-width: 1300px; }
      .title { font-weight: bold; font-size: 12px; } .scale { font-size: 10px; fill: #555; }
      .fault { font-size: 9px; fill: #543; } .violation { stroke: #d00; stroke-width: 1.5; }
      td { padding: 1px 8px; vertical-align: top; } .red { color: #b00; font-weight: bold; }
      .green { color: #070; } code { background: #eee; }
      """;

  private Timeline() {}

  /** Writes one HTML file that needs nothing else. */
  public static void write(History history, Report report, Path file) {
    try {
      Files.writeString(file, html(history, report));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String html(History history, Report report) {
    String name = Picture.escaped(history.info().name());
    String colour = report.isGreen() ? "green" : "red";
    return """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>%s, seed %d</title><style>
    %s</style></head><body>
    <h1>%s, seed %d: <span class="%s">%s</span></h1>
    <p>Begun %s. Repeat with <code>%s</code></p>
    %s
    <p>Throughput: <span style="color:#1565c0">records acknowledged</span>,
    <span style="color:#2e7d32">records delivered to groups</span>,
    <span style="color:#d84315">records of unknown outcome</span>. Latency of acknowledgements:
    <span style="color:#1565c0">median</span>, <span style="color:#6a1b9a">p99</span>.
    Blue, yellow and red bands are faults that service does not feel, that leave a majority, and that
    leave none; red lines are violations. Hover for words.</p>
    <table>
    %s</table>
    </body></html>
    """
        .formatted(
            name,
            history.info().seed(),
            STYLE,
            name,
            history.info().seed(),
            colour,
            report.isGreen() ? "green" : "red " + report.red(),
            Instant.ofEpochMilli(history.info().startedMillis()),
            Picture.escaped(history.info().repeat()),
            picture(history, report),
            report.verdicts().stream().map(Timeline::row).collect(Collectors.joining()));
  }

  private static String picture(History history, Report report) {
    Buckets buckets = Buckets.of(history);
    Picture picture = new Picture(buckets.endNanos);
    List<Op.Fault> faults = history.all(Op.Fault.class);
    for (int i = 0; i < faults.size(); i++) {
      picture.fault(faults.get(i), i, faults.size());
    }
    for (Verdict verdict : report.verdicts()) {
      for (Verdict.Finding finding : verdict.findings()) {
        if (finding.atNanos() >= 0 && finding.atNanos() != Op.NEVER) {
          picture.violation(finding.atNanos(), verdict.check() + ": " + finding.text());
        }
      }
    }
    double[] written = buckets.writtenPerSecond();
    double[] read = buckets.readPerSecond();
    double[] unknown = buckets.unknownPerSecond();
    double most = Math.max(1, Math.max(max(written), Math.max(max(read), max(unknown))));
    picture.panel("Throughput", most, "/s");
    picture.line(read, most, "#2e7d32", "delivered to groups");
    picture.line(unknown, most, "#d84315", "of unknown outcome");
    picture.line(written, most, "#1565c0", "acknowledged");
    picture.endPanel();
    double[] p99 = buckets.latencyMillis(0.99);
    double slowest = Math.max(1, max(p99));
    picture.panel("Latency of acknowledgements", slowest, "ms");
    picture.line(p99, slowest, "#6a1b9a", "p99");
    picture.line(buckets.latencyMillis(0.5), slowest, "#1565c0", "median");
    picture.endPanel();
    picture.seconds();
    return picture.done();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }

  private static String row(Verdict verdict) {
    String numbers =
        verdict.numbers().entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(", "));
    String findings =
        verdict.findings().stream()
            .map(finding -> "<br>" + Picture.escaped(finding.text()))
            .collect(Collectors.joining());
    return "<tr><td>%s</td><td class=\"%s\">%s</td><td>%s</td><td>%s%s</td></tr>%n"
        .formatted(
            verdict.check(),
            verdict.green() ? "green" : "red",
            verdict.green() ? "green" : "red",
            Picture.escaped(verdict.title()),
            Picture.escaped(numbers),
            findings);
  }
}
