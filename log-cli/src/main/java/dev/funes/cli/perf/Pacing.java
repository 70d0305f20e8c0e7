package dev.funes.cli.perf;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How several clients share a rate.
 *
 * @param ratePerSecond of all together; 0 for as fast as possible
 */
record Pacing(long ratePerSecond, int clients) {
  /** What makes the pacer of one client in each phase. */
  Function<Phase, Pacer> ofClient(int client) {
    @Nullable Schedule schedule =
        ratePerSecond == 0 ? null : new Schedule(ratePerSecond, clients, client);
    return phase -> new Pacer(phase, schedule, phase.recordsMax(clients, client));
  }
}
