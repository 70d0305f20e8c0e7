package dev.funes.chaos.timeline;

import dev.funes.chaos.check.Report;
import dev.funes.chaos.history.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Draws a run: what was written and read, how long it took, the faults, and the violations. */
public final class Timeline {
  private Timeline() {}

  /** Writes one HTML file that needs nothing else. */
  public static void write(History history, Report report, Path file) {
    try {
      Files.writeString(
          file,
          "<pre>" + history.info().name() + System.lineSeparator() + report.text() + "</pre>");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
