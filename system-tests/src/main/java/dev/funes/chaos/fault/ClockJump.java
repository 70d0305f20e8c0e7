package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ChaosNode;
import dev.funes.chaos.cluster.Shell;
import dev.funes.chaos.history.Impact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The clock on the wall of one node jumps by up to an hour, and back. Its nodes are started with
 * {@link #environment}.
 */
public record ClockJump(String name) implements Fault {
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));
  private static final String CACHE_SECONDS = "FAKETIME_CACHE_DURATION";
  private static final Pattern DUMP_TIME =
      Pattern.compile("(?m)^(\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2})\nFull thread dump");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /** What nodes have to be started with; empty when the machine has no libfaketime. */
  public static Map<String, String> environment() {
    return LIBRARIES.stream()
        .filter(Files::exists)
        .findFirst()
        .map(
            library ->
                Map.of(
                    "LD_PRELOAD",
                    library.toString(),
                    "FAKETIME_TIMESTAMP_FILE",
                    "{home}/clock",
                    // Without it every look at the clock would read the file: hundreds of
                    // thousands a second.
                    CACHE_SECONDS,
                    "1",
                    // Time that passes goes on as it does: no clock of a machine jumps in that.
                    "FAKETIME_DONT_FAKE_MONOTONIC",
                    "1",
                    // Or every timed wait of a JVM ends at once, and all its timers spin.
                    "FAKETIME_FORCE_MONOTONIC_FIX",
                    "0"))
        .orElse(Map.of());
  }

  @Override
  public Optional<String> whyNot(ChaosCluster cluster) {
    return cluster.options().environment().containsKey(CACHE_SECONDS)
        ? Optional.empty()
        : Optional.of("libfaketime is not installed");
  }

  @Override
  public boolean endsProcesses() {
    return false;
  }

  @Override
  public Evidence inflict(Stage stage) throws IOException {
    ChaosNode victim = stage.shuffled().getFirst();
    int seconds = stage.random().nextInt(600, 3_600) * (stage.random().nextBoolean() ? 1 : -1);
    stage.begin(name + (seconds > 0 ? "+" : "") + seconds, List.of(victim), Impact.MINORITY);
    Path clock = victim.log().resolveSibling("clock");
    long off;
    try {
      Files.writeString(clock, (seconds > 0 ? "+" : "") + seconds);
      stage.hold();
      off = secondsOff(victim);
    } finally {
      Files.writeString(clock, "+0");
    }
    if (Math.abs(off - seconds) > 60) {
      throw new NoEvidenceException(
          "the node's clock was off by %d s, not %d".formatted(off, seconds));
    }
    return new Evidence("the node itself told a time that was off by " + off + " s");
  }

  /** A JVM that gets SIGQUIT prints its threads, and before them the time. */
  private static long secondsOff(ChaosNode node) throws IOException {
    long from = node.logPosition();
    node.signal("QUIT");
    for (int attempt = 0; attempt < 100; attempt++) {
      Shell.pause(100);
      byte[] all = Files.readAllBytes(node.log());
      String news = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
      Matcher matcher = DUMP_TIME.matcher(news);
      if (matcher.find()) {
        LocalDateTime told = LocalDateTime.parse(matcher.group(1), TIME);
        return Duration.between(LocalDateTime.now(ZoneId.systemDefault()), told).toSeconds();
      }
    }
    throw new NoEvidenceException("the node told no time");
  }
}
