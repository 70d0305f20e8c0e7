package dev.funes.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What cannot be run is refused in one line, before anything is made. */
class RunCommandTest {
  @TempDir Path directory;
  private final StringWriter errors = new StringWriter();

  @Test
  void namesTheScenariosWhenThereIsNoneOfThatName() {
    assertThat(run("earthquake")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("no scenario earthquake; there are: kill, power-loss")
        .contains("short");
  }

  @Test
  void refusesWhatIsNoTime() {
    assertThat(run("kill", "--duration", "soon", "--funes", "/bin/true")).isEqualTo(2);
    assertThat(errors.toString()).contains("--duration: 'soon' is not a time");
  }

  @Test
  void everyScenarioHasFaultsAndCanBeAskedForByName() {
    Scenarios.all()
        .forEach(
            (name, scenario) -> {
              assertThat(scenario.name()).isEqualTo(name);
              assertThat(scenario.faults()).as(name).isNotEmpty();
              assertThat(scenario.faultCount()).as(name).isPositive();
            });
  }

  private int run(String... arguments) {
    CommandLine command = new CommandLine(new RunCommand());
    command.setErr(new PrintWriter(errors, true));
    return command.execute(arguments);
  }
}
