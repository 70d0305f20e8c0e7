package dev.funes.filter;

import static dev.funes.filter.Records.TIME;
import static dev.funes.filter.Records.bytes;
import static dev.funes.filter.Records.judge;
import static dev.funes.filter.Records.keyed;
import static dev.funes.filter.Records.valued;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  private static final LogRecord ORDER =
      valued(
          """
          {"id": 5, "price": 12.5, "paid": true, "note": null, "city": "Köln",
           "items": [{"sku": "a", "count": 1}, {"sku": "b", "count": 20}], "to": {"zip": "50667"}}
          """);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "topic == 'orders' && partition == 3 && offset == 7",
        "key == 'k'",
        "key.startsWith('k') && value.contains('Köln')",
        "key_bytes == b'k'",
        "size(value_bytes) > size(value)",
        "headers.source == 'web'",
        "headers['source'].endsWith('b')",
        "'source' in headers && !('target' in headers)",
        "timestamp >= timestamp('2026-01-17T12:00:00Z') && timestamp.getHours('+02:00') == 14",
        "timestamp - timestamp('2026-01-17T00:00:00Z') == duration('12h')",
        "json.id == 5",
        "json.price > 12 && json.id < 5.5",
        "json.paid",
        "json.note == null",
        "has(json.note) && !has(json.more)",
        "json.items.exists(item, item.sku == 'b' && item.count > 10)",
        "json.items.all(item, item.count > 0)",
        "json.items.exists_one(item, item.sku == 'a')",
        "json.items[1].sku == 'b'",
        "json.to.zip.matches('^5[0-9]{4}$')",
        "json['id'] in [4, 5, 6]",
        "size(json.items) == 2",
        "json.more == 1 || key == 'k'",
        "key in ['a', 'k'] ? json.id % 2 == 1 : false",
      })
  void matchesWhatIsTrue(String expression) {
    assertThat(judge(expression, ORDER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key == 'K'",
        "json.more == 1",
        "json.more != 1",
        "json.to.street == 'x'",
        "json.id == '5'",
        "json.id",
        "json.note > 3",
        "json.items[7].sku == 'b'",
        "json.city.nothing == 1",
        "headers.target == 'x'",
        "offset / 0 == 1",
        "int(key) == 1",
        "json.city.matches(json.id)",
      })
  void whatIsFalseOrCannotBeSaidDoesNotMatch(String expression) {
    assertThat(judge(expression, ORDER)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{\"id\": 5} {\"id\": 5}", "{\"id\": 5,}", "plain text", "{'id': 5}"})
  void aValueThatIsNoJsonDoesNotMatch(String value) {
    assertThat(judge("json.id == 5", valued(value))).isFalse();
    assertThat(judge("!has(json.id)", valued(value))).isFalse();
    assertThat(judge("json.id == 5 || key == 'k'", valued(value))).isTrue();
  }

  @Test
  void jsonNeedNotBeAnObject() {
    assertThat(judge("json == 5", valued("5"))).isTrue();
    assertThat(judge("json.exists(each, each == 'b')", valued("[\"a\", \"b\"]"))).isTrue();
    assertThat(judge("json.id == 5", valued("[5]"))).isFalse();
    assertThat(judge("json == null", valued("null"))).isTrue();
  }

  @Test
  void numbersOfAnySizeCompare() {
    String value = "{\"big\": 123456789012345678901234567890, \"long\": 9223372036854775807}";
    assertThat(judge("json.big > 1.0e29", valued(value))).isTrue();
    assertThat(judge("json.long == 9223372036854775807", valued(value))).isTrue();
  }

  @Test
  void nestedTooDeeplyIsNoJson() {
    String deep = "[".repeat(1_000) + "]".repeat(1_000);
    assertThat(judge("size(json) == 1", valued(deep))).isFalse();
    String fits = "[".repeat(100) + "]".repeat(100);
    assertThat(judge("size(json) == 1", valued(fits))).isTrue();
  }

  @Test
  void keyAndValueMayBeMissingOrBinary() {
    LogRecord empty = new LogRecord(0, -1, null, null, List.of(new Header("h", null)));
    assertThat(judge("key == '' && value == '' && headers.h == ''", empty)).isTrue();
    assertThat(judge("timestamp < timestamp('1970-01-01T00:00:00Z')", empty)).isTrue();
    byte[] binary = {'a', (byte) 0xff};
    LogRecord record = new LogRecord(0, TIME, binary, binary, List.of());
    assertThat(judge("key_bytes == b'a\\xff' && key.startsWith('a')", record)).isTrue();
    assertThat(judge("key == 'a'", record)).isFalse();
  }

  @Test
  void aTimestampBeyondTheCalendarDoesNotMatch() {
    LogRecord late = new LogRecord(0, Long.MAX_VALUE, null, null, List.of());
    assertThat(judge("timestamp > timestamp('2026-01-01T00:00:00Z')", late)).isFalse();
    assertThat(judge("offset == 0", late)).isTrue();
  }

  @Test
  void theLastOfEqualHeadersCounts() {
    LogRecord record =
        new LogRecord(
            0, TIME, null, null, List.of(new Header("h", bytes("a")), new Header("h", bytes("b"))));
    assertThat(judge("headers.h == 'b'", record)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain", "it's \"quoted\" \\ and\nso on\u0000", "Köln 😀", "\u2028{}$"})
  void aKeyIsFoundByItsExpression(String key) {
    String expression = Filter.keyIs(bytes(key));
    assertThat(judge(expression, keyed(key))).isTrue();
    assertThat(judge(expression, keyed(key + "x"))).isFalse();
  }

  @Test
  void aKeyOfBytesIsFoundByItsExpression() {
    byte[] key = {0, (byte) 0xff, '"', '\\'};
    LogRecord record = new LogRecord(0, TIME, key, null, List.of());
    assertThat(judge(Filter.keyIs(key), record)).isTrue();
    assertThat(judge(Filter.keyIs(key), keyed("k"))).isFalse();
  }
}
