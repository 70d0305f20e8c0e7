package dev.funes.cli.console;

import dev.funes.client.FunesException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --watch} of the commands that show how something fares: again and again until Ctrl-C. */
public final class WatchOptions {
  // From the top left corner: what was there is overwritten, and the rest of the screen emptied.
  private static final String HOME = "\u001b[H";
  private static final String CLEAR = "\u001b[H\u001b[2J";
  private static final String CLEAR_BELOW = "\u001b[J";

  /** Shows it once. */
  @FunctionalInterface
  public interface Round {
    void show();
  }

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "2s",
      paramLabel = "INTERVAL",
      converter = DurationConverter.class,
      description = "Show it again every 2s, or so often, until Ctrl-C.")
  private @Nullable Duration interval;

  @Option(names = "--count", paramLabel = "N", description = "With --watch: end after N rounds.")
  private @Nullable Integer count;

  /** True when it is shown more than once. */
  public boolean isOn() {
    return interval != null;
  }

  /**
   * Shows it once, or until there were enough rounds or somebody presses Ctrl-C. A cluster that
   * does not answer for a moment ends it in the first round only.
   *
   * @return the exit code
   */
  public int run(CommandSpec spec, FormatOption format, Round round) throws InterruptedException {
    if (count != null && (interval == null || count < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--count needs --watch, and is at least 1: " + count);
    }
    if (interval == null) {
      round.show();
      return ExitCode.OK;
    }
    if (interval.isZero()) {
      throw new ParameterException(spec.commandLine(), "--watch: the interval is 0");
    }
    CountDownLatch over = new CountDownLatch(1);
    try (Interruption interruption = Interruption.listen(over::countDown)) {
      return watch(spec, format, round, interval, over, interruption);
    }
  }

  private int watch(
      CommandSpec spec,
      FormatOption format,
      Round round,
      Duration every,
      CountDownLatch over,
      Interruption interruption)
      throws InterruptedException {
    boolean redraws = format.value() == OutputFormat.TABLE && Terminal.onStandardOutput();
    PrintWriter out = spec.commandLine().getOut();
    int rounds = count == null ? Integer.MAX_VALUE : count;
    for (int i = 0; i < rounds; i++) {
      if (i > 0 && over.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
      if (redraws) {
        out.print(i == 0 ? CLEAR : HOME + CLEAR_BELOW);
      } else if (i > 0 && format.value() == OutputFormat.TABLE) {
        out.println();
      }
      try {
        round.show();
      } catch (FunesException e) {
        CommandFailure failure = Failures.explain(e);
        if (i == 0 || failure.exitCode() != ExitCode.UNREACHABLE) {
          throw e;
        }
        spec.commandLine().getErr().println("funes: " + failure.getMessage());
      }
      out.flush();
    }
    return interruption.isRequested() ? Interruption.EXIT_CODE : ExitCode.OK;
  }
}
