package dev.funes.chaos.timeline;

import dev.funes.chaos.check.Report;
import dev.funes.chaos.history.History;
import java.nio.file.Path;

/** Draws a run: what was written and read, how long it took, the faults, and the violations. */
public final class Timeline {
  private Timeline() {}

  /** Writes one HTML file that needs nothing else. */
  public static void write(History history, Report report, Path file) {
    throw new UnsupportedOperationException(file + ": not drawn yet for " + history + report);
  }
}
