package dev.funes.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark once and looks at no figure: so that they cannot rot. */
class BenchmarksTest {
  private static final List<String> SUBJECTS =
      List.of("Append", "Apply", "BatchBuild", "BatchValidate", "Fetch", "IndexLookup");

  @Test
  void everyBenchmarkRuns() throws RunnerException {
    Options once =
        new OptionsBuilder()
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(10))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();

    Collection<RunResult> results = new Runner(once).run();

    assertThat(results).extracting(BenchmarksTest::subject).containsAll(SUBJECTS);
    assertThat(results)
        .allSatisfy(
            result ->
                assertThat(result.getPrimaryResult().getScore())
                    .as(result.getParams().id())
                    .isPositive());
  }

  private static String subject(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.replaceAll(".*\\.(\\w+)Benchmark\\..*", "$1");
  }
}
