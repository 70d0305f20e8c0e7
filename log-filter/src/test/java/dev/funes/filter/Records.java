package dev.funes.filter;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records to judge. */
final class Records {
  /** 2026-01-17T12:00:00Z. */
  static final long TIME = 1_768_651_200_000L;

  private Records() {}

  static LogRecord keyed(String key) {
    return new LogRecord(7, TIME, bytes(key), bytes("value"), List.of());
  }

  static LogRecord valued(String value) {
    return new LogRecord(
        7, TIME, bytes("k"), bytes(value), List.of(new Header("source", bytes("web"))));
  }

  static boolean judge(String expression, LogRecord record) {
    return Filter.compile(expression).matches("orders", 3, record);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
