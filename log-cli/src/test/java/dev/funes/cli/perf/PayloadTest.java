package dev.funes.cli.perf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cli.console.CommandFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadTest {
  @TempDir Path directory;

  private static List<byte[]> take(Payload payload, int count) {
    List<byte[]> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(payload.next().clone());
    }
    return taken;
  }

  @Test
  void randomValuesCannotBeMadeSmaller() throws IOException {
    Payload payload = Payload.random(1, 1_000).of(0, 1);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      for (byte[] value : take(payload, 5_000)) {
        assertThat(value).hasSize(1_000);
        deflater.write(value);
      }
    }

    assertThat(packed.size()).isGreaterThan(4_990_000);
  }

  @Test
  void aSeedDecidesTheValues() {
    byte[] first = Payload.random(7, 100).of(0, 2).next().clone();

    assertThat(Payload.random(7, 100).of(0, 2).next()).isEqualTo(first);
    assertThat(Payload.random(8, 100).of(0, 2).next()).isNotEqualTo(first);
    assertThat(Payload.random(7, 100).of(1, 2).next()).isNotEqualTo(first);
  }

  @Test
  void valuesOfAnySizeComeFromThePool() {
    for (int size : new int[] {1, 2, 61, 4_096, 1 << 20}) {
      Payload payload = Payload.random(1, size).of(999, 1_000);
      Set<Integer> hashes = new HashSet<>();
      for (byte[] value : take(payload, 50)) {
        assertThat(value).hasSize(size);
        hashes.add(java.util.Arrays.hashCode(value));
      }
      assertThat(hashes).as("of %d bytes", size).hasSizeGreaterThan(10);
    }
  }

  @Test
  void linesAreRepeatedAndEachClientBeginsElsewhere() throws IOException {
    Path file = Files.writeString(directory.resolve("lines"), "a\n\nc\r\nd");

    Payload.Source source = Payload.repeated(PayloadFile.lines(file));

    assertThat(take(source.of(0, 2), 6).stream().map(value -> new String(value, UTF_8)))
        .containsExactly("a", "", "c\r", "d", "a", "");
    assertThat(take(source.of(1, 2), 3).stream().map(value -> new String(value, UTF_8)))
        .containsExactly("c\r", "d", "a");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("empty"));

    assertThatThrownBy(() -> PayloadFile.lines(file))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is empty");
  }

  @Test
  void thereAreAsManyKeysAsWereAskedFor() {
    assertThat(Keys.of(Keys.make(0), 1, 0).next()).isNull();

    Keys keys = Keys.of(Keys.make(10), 1, 0);
    Set<String> seen = new HashSet<>();
    IntStream.range(0, 1_000)
        .forEach(i -> seen.add(new String(java.util.Objects.requireNonNull(keys.next()), UTF_8)));
    assertThat(seen).hasSize(10).contains("k0000000", "k0000009");
  }
}
