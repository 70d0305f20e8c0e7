package dev.funes.cli.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineSourceTest {
  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(ISO_8859_1);
  }

  private static List<String> lines(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    try (LineSource source = new LineSource(in, null)) {
      for (InputRecord record = source.next(); record != null; record = source.next()) {
        lines.add(new String(record.value() == null ? new byte[0] : record.value(), ISO_8859_1));
        assertThat(record.lineNumber()).isEqualTo(lines.size());
      }
    }
    return lines;
  }

  private static List<String> lines(String text) throws IOException {
    return lines(new ByteArrayInputStream(text.getBytes(ISO_8859_1)));
  }

  @Test
  void aLineIsWhatStandsBeforeANewline() throws IOException {
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n")).containsExactly("");
    assertThat(lines("a\n\nb")).containsExactly("a", "", "b");
    assertThat(lines("a\r\nb\n")).containsExactly("a\r", "b");
    assertThat(lines("\0\u00ff\n")).containsExactly("\0\u00ff");
  }

  @Test
  void linesComeOutWholeHoweverTheyComeIn() throws IOException {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> written = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      int length = random.nextInt(100) == 0 ? random.nextInt(600_000) : random.nextInt(100);
      String line = Character.toString('a' + i % 26).repeat(length);
      written.add(line);
      text.append(line).append('\n');
    }
    InputStream drips =
        new ByteArrayInputStream(text.toString().getBytes(ISO_8859_1)) {
          @Override
          public synchronized int read(byte[] b, int from, int length) {
            return super.read(b, from, Math.min(length, 1 + random.nextInt(100_000)));
          }
        };

    assertThat(lines(drips)).as("seed %d", seed).isEqualTo(written);
  }

  @Test
  void refusesALineThatCannotBeARecordAndNamesIt() throws IOException {
    byte[] tooLong = new byte[LineSource.LINE_BYTES_MAX * 2];
    Arrays.fill(tooLong, (byte) 'x');
    tooLong[1] = '\n';
    LineSource source = new LineSource(new ByteArrayInputStream(tooLong), null);
    assertThat(source.next()).isNotNull();

    assertThatThrownBy(source::next)
        .isInstanceOfSatisfying(
            BadInputException.class, bad -> assertThat(bad.lineNumber()).isEqualTo(2))
        .hasMessageContaining(Integer.toString(LineSource.LINE_BYTES_MAX));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "k:v,:,k,v",
        "k:v:w,:,k,v:w",
        ":v,:,'',v",
        "k:,:,k,''",
        "v,:,-,v",
        "'',:,-,''",
        "a:b::c,::,a:b,c",
        "k::v,:::,-,k::v",
        "a=>b=>c,=>,a,b=>c",
      })
  void theFirstSeparatorEndsTheKey(
      String line, String separator, @Nullable String key, String value) throws IOException {
    LineSource source =
        new LineSource(
            new ByteArrayInputStream(line.concat("\n").getBytes(ISO_8859_1)), bytes(separator));

    InputRecord record = Objects.requireNonNull(source.next());

    assertThat(record.key()).isEqualTo(bytes(key));
    assertThat(record.value()).isEqualTo(bytes(value));
  }

  @Test
  void refusesAnEmptySeparator() {
    assertThatThrownBy(() -> new LineSource(InputStream.nullInputStream(), new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("separator");
  }
}
