package dev.funes.chaos.knownbad;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether they are caught is for {@code funes-chaos known-bad} to show; here they can be made. */
class KnownBadTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void isMadeOfTheDistributionThatWasBuiltLast(KnownBad bad) throws IOException {
    Path front = bad.write(funes(), directory);

    try (Stream<Path> files = Files.walk(front)) {
      assertThat(files.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(file).hasExtension("class"));
    }
  }

  private static Path funes() throws IOException {
    try (Stream<Path> built = Files.list(Path.of("..", "log-cli", "target"))) {
      List<Path> launchers =
          built.map(folder -> folder.resolve("bin/funes")).filter(Files::isExecutable).toList();
      assertThat(launchers).as("mvn -DskipTests package").isNotEmpty();
      return launchers.getFirst();
    }
  }
}
