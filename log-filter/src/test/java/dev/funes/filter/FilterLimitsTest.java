package dev.funes.filter;

import static dev.funes.filter.Records.judge;
import static dev.funes.filter.Records.keyed;
import static dev.funes.filter.Records.valued;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterLimitsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | 1:1: the expression is empty",
        "key == | 1:7: the expression ends too early",
        "((key | 1:6: the expression ends too early",
        "key = 'a' | 1:5: unexpected '='; to compare, use '=='",
        "key == 'a | 1:8: unexpected ''a'",
        "key == 'a' key | 1:12: unexpected key",
        "keyy == 'a' | 1:1: there is no 'keyy'; the variables are topic, partition, offset,"
            + " timestamp, key, key_bytes, value, value_bytes, headers, json",
        "key == 3 | 1:5: '==' does not take (string, int)",
        "key + 'a' == 'ba' | 1:5: '+' does not take (string, string)",
        "[key] + [key] == [] | 1:7: '+' does not take (list(string), list(string))",
        "offset + 1 | 1:1: the expression gives int, expected true or false",
        "key | 1:1: the expression gives string, expected true or false",
        "json.l.map(x, x) == [] | 1:11: there is no 'map' in a filter; use exists or all",
        "json.l.filter(x, x) == [] | 1:14: there is no 'filter' in a filter; use exists or all",
        "key.matches('(') | 1:13: the regular expression is wrong: missing closing ) in (",
        "key.matches('(a{100}){100}') | 1:13: the regular expression takes 10000"
            + " instructions, more than 1000",
        "key.matches('((a{999}){999}){999}') | 1:13: the regular expression takes 997002999"
            + " instructions, more than 1000",
        "key.matches(json.city + 1) | 1:12: matches does not take string.(int)",
        "json.l.exists(x, [[x, x]].exists(y, true)) | 1:20: 'x' cannot stand in a list or map",
        "json.l.exists(x, {'a': x} == json) | 1:24: 'x' cannot stand in a list or map",
      })
  void whatIsWrongIsSaidInOneLineWithItsPlace(String expression, String message) {
    assertThatThrownBy(() -> Filter.compile(expression))
        .isInstanceOf(InvalidFilterException.class)
        .hasMessage(message);
  }

  @Test
  void thePlaceCountsLines() {
    assertThatThrownBy(() -> Filter.compile("key == 'a' &&\n  nobody(1)"))
        .isInstanceOfSatisfying(
            InvalidFilterException.class,
            e -> {
              assertThat(e.line()).isEqualTo(2);
              assertThat(e.column()).isEqualTo(9);
            });
  }

  @Test
  void anExpressionHasAtMostSoManyCharacters() {
    String fits = "key == '" + "😀".repeat(Filter.EXPRESSION_CHARS_MAX - 9) + "'";
    assertThat(judge(fits, keyed("a"))).isFalse();
    assertThatThrownBy(() -> Filter.compile(fits + " "))
        .hasMessage("1:1: the expression has 4097 characters, more than 4096");
  }

  @Test
  void anExpressionIsNestedOnlySoDeeply() {
    String nested = "(".repeat(500) + "true" + ")".repeat(500);
    assertThatThrownBy(() -> Filter.compile(nested))
        .isInstanceOf(InvalidFilterException.class)
        .hasMessageContaining("limit");
  }

  @Test
  void manyAlternativesAreNotNested() {
    String many = "key == 'a' || ".repeat(200) + "key == 'b'";
    assertThat(judge(many, keyed("b"))).isTrue();
  }

  @Test
  void loopsHaveOnlySoManySteps() {
    String list = "[" + "1,".repeat(199) + "1]";
    String loops = "json.all(a, json.all(b, a == b))";
    assertThatThrownBy(() -> judge(loops, valued(list)))
        .isInstanceOf(FilterCostException.class)
        .hasMessage(
            "the filter takes more than 10000 steps of its loops for the record at offset 7 of"
                + " orders-3");
    assertThat(judge(loops, valued("[1, 1]"))).isTrue();
  }

  @Test
  void aRecordCostsOnlySoMuch() {
    String large = "[\"" + "x".repeat(1 << 20) + "\"" + ",1".repeat(500) + "]";
    String again = "json.all(each, value.matches('y*z'))";
    assertThat(judge(again, valued("[1]"))).isFalse();
    assertThatThrownBy(() -> judge("json.all(each, !value.contains('y'))", valued(large)))
        .isInstanceOf(FilterCostException.class)
        .hasMessage(
            "the filter takes more than 128 MiB looked at for the record at offset 7 of orders-3");
  }

  @Test
  void whatAnExpressionMakesOfItsEndDoesNotCount() {
    String large = "[\"" + "x".repeat(1 << 20) + "\"" + ",1".repeat(500) + "]";
    assertThatThrownBy(
            () -> judge("json.all(each, !value.contains('y')) || key == 'k'", valued(large)))
        .isInstanceOf(FilterCostException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc | 3",
        "a{3}b | 4",
        "(ab){10} | 20",
        "((ab){10}c){2,5} | 105",
        "[a-z{9}]{4} | 4",
        "[]{9}]{4}x | 5",
        "[^]{9}]{4}x | 5",
        "\\[{4} | 4",
        "a{2,}b | 3",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12} | 26",
        "((a | 1",
        "a{x}b | 3",
        "a{99999999999}| 2147483647",
        "))){3} | 0",
      })
  void theSizeOfAPatternIsKnownBeforehand(String regex, long size) {
    assertThat(PatternSize.of(regex)).isEqualTo(size);
  }

  @Test
  void aPatternFromTheRecordIsBoundedToo() {
    String value = "{\"text\": \"aaa\", \"pattern\": \"((a{50}){50}){50}\"}";
    assertThat(judge("json.text.matches(json.pattern)", valued(value))).isFalse();
    assertThat(
            judge(
                "json.text.matches(json.pattern)", valued("{\"text\":\"aaa\",\"pattern\":\"a+\"}")))
        .isTrue();
  }
}
