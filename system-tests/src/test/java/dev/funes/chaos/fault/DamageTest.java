package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every damage is one, and hits what was written and not the zeros after it. */
class DamageTest {
  private static final int WRITTEN = 1_000;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Damage.class)
  void changesWhatWasWritten(Damage damage) throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      byte[] before = Arrays.copyOf(written(seed), 4_096);
      Path file = Files.write(directory.resolve("file"), before);

      String text = damage.inflict(file, new Random(seed));

      byte[] after = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
      assertThat(Arrays.mismatch(before, after))
          .as("%s with seed %d: %s", damage, seed, text)
          .isBetween(0, WRITTEN - 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void isTheSameForTheSameSeed(Damage damage) throws IOException {
    Path one = Files.write(directory.resolve("one"), written(1));
    Path other = Files.write(directory.resolve("other"), written(1));

    assertThat(damage.inflict(one, new Random(7))).isEqualTo(damage.inflict(other, new Random(7)));
  }

  private static byte[] written(long seed) {
    byte[] bytes = new byte[WRITTEN];
    new Random(seed).nextBytes(bytes);
    for (int i = 0; i < WRITTEN; i++) {
      bytes[i] |= 1; // no zeros, which Damage.ZERO would leave as they are
    }
    return bytes;
  }
}
