package dev.funes.cli.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
  private static final LogRecord RECORD =
      new LogRecord(
          7,
          1_700_000_000_000L,
          bytes("key"),
          bytes("välue"),
          List.of(new Header("a", bytes("1")), new Header("b", null)));

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] print(String format, LogRecord record) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ByteSink sink = new ByteSink(out)) {
      RecordFormat.parse(format).write("orders", 3, record, sink);
    }
    return out.toByteArray();
  }

  private static String text(String format, LogRecord record) throws IOException {
    return new String(print(format, record), UTF_8);
  }

  private static LogRecord record(byte @Nullable [] key, byte @Nullable [] value) {
    return new LogRecord(0, 0, key, value, List.of());
  }

  @Test
  void fillsInEveryField() throws IOException {
    assertThat(text("%t[%p]@%o %k=%v %T %h 100%%\\n", RECORD))
        .isEqualTo("orders[3]@7 key=välue 1700000000000 a=1,b= 100%\n");
  }

  @Test
  void readsEscapes() throws IOException {
    assertThat(print("\\t%k\\r\\n\\0\\\\\\xffä", RECORD))
        .containsExactly(
            '\t', 'k', 'e', 'y', '\r', '\n', 0, '\\', (byte) 0xff, (byte) 0xc3, (byte) 0xa4);
  }

  @Test
  void leavesBytesAsTheyAreAndMissingOnesOut() throws IOException {
    byte[] binary = {0, (byte) 0xff, '\n', (byte) 0x80};

    assertThat(print("raw", record(null, binary))).isEqualTo(binary);
    assertThat(print("%v", record(null, binary))).isEqualTo(binary);
    assertThat(text("<%k|%v>", record(null, null))).isEqualTo("<|>");
    assertThat(text("raw", record(null, null))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "jsn", "table", "%x", "%", "%v%", "%v\\", "%v\\q", "%v\\x1", "%v\\xzz"})
  void refusesWhatIsNoFormat(String format) {
    assertThatThrownBy(() -> RecordFormat.parse(format))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n"));
  }

  @Test
  void printsNumbersAsJavaDoes() throws IOException {
    for (long number : new long[] {0, 9, 10, 99, 100, 12_345, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (ByteSink sink = new ByteSink(out)) {
        sink.writeNumber(number);
      }
      assertThat(out.toString(UTF_8)).isEqualTo(Long.toString(number));
    }
  }

  @Test
  void printsOneJsonObjectALine() throws IOException {
    assertThat(text("json", RECORD))
        .isEqualTo(
            "{\"topic\":\"orders\",\"partition\":3,\"offset\":7,\"timestamp\":1700000000000,"
                + "\"key\":\"key\",\"value\":\"välue\",\"headers\":[{\"name\":\"a\",\"value\":\"1\"},"
                + "{\"name\":\"b\",\"value\":null}]}\n");
    assertThat(text("json", record(null, new byte[] {(byte) 0xff})))
        .contains("\"key\":null,\"value_base64\":\"/w==\"");
  }
}
