package dev.funes.cli.console;

import dev.funes.cli.format.Sizes;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** One line on a terminal that says how far a command is, written over and over. One thread. */
public final class Progress {
  private static final long PERIOD_NANOS = Duration.ofMillis(500).toNanos();
  private static final int CHECK_EVERY = 256;
  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean visible;
  private final long startNanos = System.nanoTime();
  private long lastNanos = startNanos;
  private int calls;
  private boolean shown;

  /** Shows nothing unless standard error is a terminal. */
  public Progress(PrintWriter err) {
    this(err, Terminal.onStandardError());
  }

  Progress(PrintWriter err, boolean visible) {
    this.err = err;
    this.visible = visible;
  }

  /** True when the line should be written again; cheap enough to be asked for every record. */
  public boolean isDue() {
    if (!visible || ++calls % CHECK_EVERY != 0) {
      return false;
    }
    long now = System.nanoTime();
    if (now - lastNanos < PERIOD_NANOS) {
      return false;
    }
    lastNanos = now;
    return true;
  }

  /** Writes the line. */
  public void show(long records, long bytes) {
    shown = true;
    err.print(ERASE_LINE + describe(records, bytes));
    err.flush();
  }

  /** Takes the line away, so that what follows stands alone. */
  public void clear() {
    if (shown) {
      shown = false;
      err.print(ERASE_LINE);
      err.flush();
    }
  }

  /**
   * How much, how long and how fast, such as {@code 1,000 records, 1.0 MiB in 0.5 s (2.0 MiB/s)}.
   */
  public String describe(long records, long bytes) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return String.format(
        Locale.ROOT,
        "%s record%s, %s in %.1f s (%s/s)",
        Sizes.count(records),
        records == 1 ? "" : "s",
        Sizes.print(bytes),
        seconds,
        Sizes.print((long) (bytes / Math.max(seconds, 1e-3))));
  }
}
