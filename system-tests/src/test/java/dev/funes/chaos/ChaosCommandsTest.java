package dev.funes.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Limits;
import dev.funes.chaos.history.RunInfo;
import dev.funes.chaos.idempotence.IdempotenceCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ChaosCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path dir;

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void aHistoryThatProvesNothingIsRed() {
    History.begin(
        dir,
        new RunInfo(
            1,
            7,
            "kill",
            0,
            List.of(RunInfo.TopicPlan.of("t", 1, 0)),
            List.of(0),
            Limits.DEFAULTS,
            "funes-chaos run kill --seed 7"));

    assertThat(run(new CheckCommand(), dir.toString())).isEqualTo(ExitCodes.RED);
    assertThat(out.toString())
        .contains("C0  RED", "nothing was acknowledged", "t-0 was not read at the end")
        .contains("repeat with: funes-chaos run kill --seed 7");
    assertThat(dir.resolve("report.json")).exists();
    assertThat(dir.resolve("timeline.html")).exists();
  }

  @Test
  void whatIsNoHistoryIsRefused() {
    assertThat(run(new CheckCommand(), dir.toString())).isEqualTo(ExitCodes.RUN_FAILED);
    assertThat(err.toString()).contains("is not a history: it has no run.json");
    assertThat(Files.exists(dir.resolve("report.json"))).isFalse();
  }

  @Test
  void badNumbersOfSendsAreRefused() {
    for (String sends : List.of("0", "-1", "many", "1G", "99999999999999M")) {
      assertThat(run(new IdempotenceCommand(), "--sends", sends))
          .as(sends)
          .isEqualTo(ExitCodes.USAGE);
    }
    assertThat(run(new IdempotenceCommand(), "--producers", "65")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString())
        .contains("--sends: '1G' is not a number from 1 on, such as 10M", "--producers is 1 to 64");
  }
}
