package dev.funes.cli.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cli.console.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierTest {
  private static final String EARLIER =
      """
      {"scenario":"produce","records_per_s":1000,"failed":0,"latency_ms":{"p50":2.5,"p99":10},
       "cpu":{"client_s":1,"pids":[12,13],"nodes_rss_mib":[100.5]},"settings":{"rate":0,"keys":5},
       "cpus":2,"started":"2026-01-01T00:00:00Z"}
      """;
  private static final String NOW =
      """
      {"scenario":"produce","records_per_s":1500,"failed":0,"latency_ms":{"p50":5},
       "settings":{"rate":100,"keys":5,"linger_ms":5}}
      """;

  @TempDir Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("earlier.json"), text);
  }

  @Test
  void showsWhatBothRunsHaveAndWhatWasAskedForDifferently() throws IOException {
    StringWriter out = new StringWriter();

    Earlier.read(file(EARLIER), "produce").print(Figures.parse(NOW), new PrintWriter(out));

    assertThat(out.toString().lines().skip(1).map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "compared with " + directory.resolve("earlier.json") + " of 2026-01-01T00:00:00Z",
            "FIGURE EARLIER NOW RATIO",
            "records_per_s 1,000 1,500 1.500",
            "failed 0 0 -",
            "latency_ms.p50 2.500 5 2.000",
            "linger_ms was -, is 5",
            "rate was 0, is 100");
  }

  @Test
  void knowsFiguresFromOtherNumbers() throws IOException {
    Figures figures = Figures.parse(EARLIER);

    assertThat(figures.numbers())
        .containsOnlyKeys(
            "records_per_s",
            "failed",
            "latency_ms.p50",
            "latency_ms.p99",
            "cpu.client_s",
            "cpu.nodes_rss_mib.0");
    assertThat(figures.settings()).containsEntry("rate", "0").containsEntry("keys", "5");
    assertThat(figures.words()).containsEntry("scenario", "produce");
  }

  @Test
  void refusesWhatIsNoEarlierRunOfTheSame() throws IOException {
    assertThatThrownBy(() -> Earlier.read(file("{\"scenario\":"), "produce"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is not what -f json prints");
    assertThatThrownBy(() -> Earlier.read(file("{}"), "produce"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is no result");
    assertThatThrownBy(() -> Earlier.read(file(EARLIER), "e2e"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is of perf produce, and this is perf e2e");
  }
}
