package dev.funes.chaos.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The verdicts of all checks of a run. */
public record Report(List<Verdict> verdicts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Report {
    verdicts = List.copyOf(verdicts);
  }

  /** True when every check is green. */
  public boolean isGreen() {
    return verdicts.stream().allMatch(Verdict::green);
  }

  /** The names of the checks that are red. */
  public List<String> red() {
    return verdicts.stream().filter(verdict -> !verdict.green()).map(Verdict::check).toList();
  }

  /** For people: a line a check, and what the red ones found. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Verdict verdict : verdicts) {
      String numbers =
          verdict.numbers().entrySet().stream()
              .map(each -> each.getKey() + " " + each.getValue())
              .collect(Collectors.joining(", "));
      text.append(
          "%-3s %-5s %s: %s%n"
              .formatted(
                  verdict.check(), verdict.green() ? "green" : "RED", verdict.title(), numbers));
      for (String note : verdict.notes()) {
        text.append("          ").append(note).append(System.lineSeparator());
      }
      for (Verdict.Finding finding : verdict.findings()) {
        text.append("          ").append(time(finding.atNanos())).append(finding.text());
        text.append(System.lineSeparator());
      }
      long more = verdict.findingCount() - verdict.findings().size();
      if (more > 0) {
        text.append("          and %d more%n".formatted(more));
      }
    }
    return text.toString();
  }

  private static String time(long nanos) {
    return nanos < 0 ? "" : "at %.3f s: ".formatted(nanos / 1e9);
  }

  /** Writes it as JSON. */
  public void write(Path file) {
    try {
      JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
