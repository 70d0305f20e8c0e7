package dev.funes.cli.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the JSON form prints, the JSON form reads back, byte for byte. */
class JsonRoundTripTest {
  private static final int RECORDS = 2_000;

  @Test
  void everyRecordComesBackAsItWas() throws IOException {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    Random random = new Random(seed);
    List<LogRecord> written = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      written.add(
          new LogRecord(
              i, random.nextLong(1L << 45), content(random), content(random), headers(random)));
    }

    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (ByteSink sink = new ByteSink(json)) {
      RecordFormat format = RecordFormat.parse("json");
      for (LogRecord record : written) {
        format.write("t", (int) record.offset() % 5, record, sink);
      }
    }

    assertThat(json.toString(UTF_8).lines()).as("lines, seed %d", seed).hasSize(RECORDS);
    try (JsonSource source = new JsonSource(new ByteArrayInputStream(json.toByteArray()))) {
      for (LogRecord record : written) {
        InputRecord read = Objects.requireNonNull(source.next(), "seed " + seed);
        assertThat(asLogRecord(read, record.offset()))
            .as("record %d, seed %d", record.offset(), seed)
            .isEqualTo(record);
        assertThat(read.partition()).isEqualTo((int) record.offset() % 5);
        assertThat(read.lineNumber()).isEqualTo(record.offset() + 1);
      }
      assertThat(source.next()).isNull();
    }
  }

  private static LogRecord asLogRecord(InputRecord read, long offset) {
    return new LogRecord(offset, read.timestampMillis(), read.key(), read.value(), read.headers());
  }

  private static byte @Nullable [] content(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        yield bytes;
      }
      default -> {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(100); i > 0; i--) {
          int codePoint = random.nextInt(random.nextBoolean() ? 0x80 : 0x11_0000);
          text.appendCodePoint(
              codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
                  ? '\n'
                  : codePoint);
        }
        yield text.toString().getBytes(UTF_8);
      }
    };
  }

  private static List<Header> headers(Random random) {
    List<Header> headers = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      headers.add(new Header("h\"\u00e4" + random.nextInt(2), content(random)));
    }
    return headers;
  }

  @Test
  void everyFieldMayBeMissing() throws IOException {
    JsonSource source =
        new JsonSource(input("{} {\"value\":\"v\"}\n{\"offset\":9,\"topic\":\"x\"}"));

    assertThat(source.next())
        .satisfies(
            record -> {
              assertThat(record).isNotNull();
              assertThat(record.key()).isNull();
              assertThat(record.value()).isNull();
              assertThat(record.partition()).isNull();
              assertThat(record.timestampMillis()).isEqualTo(InputRecord.NOW);
            });
    assertThat(source.next()).satisfies(record -> assertThat(record.value()).isEqualTo(bytes("v")));
    assertThat(source.next()).isNotNull();
    assertThat(source.next()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"value\":1}|\"value\" must be a string",
        "{\"value\":{}}|\"value\" must be a string",
        "{\"vlaue\":\"x\"}|unknown field \"vlaue\"",
        "{\"value_base64\":\"$\"}|\"value_base64\" must be base64",
        "{\"partition\":-1}|\"partition\" is out of range",
        "{\"partition\":\"0\"}|\"partition\" must be a whole number",
        "{\"timestamp\":1.5}|\"timestamp\" must be a whole number",
        "{\"timestamp\":-7}|\"timestamp\" is below",
        "{\"headers\":{}}|\"headers\" must be an array",
        "{\"headers\":[1]}|a header must be an object",
        "{\"headers\":[{\"value\":\"v\"}]}|a header must be an object with a name",
        "[]|expected a JSON object",
        "hello|not JSON",
        "{\"value\":\"x\"|not JSON",
      })
  void saysWhatIsWrongAndWhere(String line, String message) throws IOException {
    JsonSource source = new JsonSource(input("{\"value\":\"fine\"}\n\n" + line));
    assertThat(source.next()).isNotNull();

    assertThatThrownBy(source::next)
        .isInstanceOfSatisfying(
            BadInputException.class, bad -> assertThat(bad.lineNumber()).isEqualTo(3))
        .hasMessageContaining(message)
        .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n"));
  }

  private static ByteArrayInputStream input(String text) {
    return new ByteArrayInputStream(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
