package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GradualDeleteTest {
  private static final int STEPS = 5;

  @TempDir private Path directory;

  @Test
  void takesTheNameAtOnceAndTheSpaceStepByStep() throws Exception {
    Path file = write("large", STEPS * GradualDelete.STEP_BYTES + 1);
    List<Long> sizes = new ArrayList<>();
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      GradualDelete.deleteIfExists(file);

      assertThat(file).doesNotExist();
      await()
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                sizes.add(open.size());
                return open.size() <= GradualDelete.STEP_BYTES;
              });
    }
    for (int i = 1; i < sizes.size(); i++) {
      // A look may come late on a busy machine, so not each step is seen.
      assertThat((sizes.get(i - 1) - sizes.get(i)) % GradualDelete.STEP_BYTES).isZero();
    }
    assertThat(sizes.stream().distinct().count()).isGreaterThan(2);
  }

  @Test
  void deletesASmallFileAndMissesNoneThatIsNotThere() throws Exception {
    Path file = write("small", 10);

    GradualDelete.deleteIfExists(file);
    GradualDelete.deleteIfExists(file);

    assertThat(file).doesNotExist();
  }

  private Path write(String name, int bytes) throws IOException {
    Path file = directory.resolve(name);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.allocate(1), bytes - 1);
    }
    return file;
  }
}
