package dev.funes.cli.perf;

import org.jspecify.annotations.Nullable;

/** Somebody's wish that the run ends now. Thread-safe. */
final class Stop {
  private boolean requested;
  private @Nullable Phase current;

  /** Ends the phase under way, and any that begins later. */
  synchronized void request() {
    requested = true;
    if (current != null) {
      current.stop();
    }
  }

  /** This phase begins. */
  synchronized void enter(Phase phase) {
    current = phase;
    if (requested) {
      phase.stop();
    }
  }

  synchronized boolean isRequested() {
    return requested;
  }
}
