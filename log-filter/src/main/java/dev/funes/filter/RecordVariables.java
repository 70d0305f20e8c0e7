package dev.funes.filter;

import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelVariableResolver;
import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One record as the variables of an expression. What takes work is made when the expression asks
 * for it, once. One thread.
 */
final class RecordVariables implements CelVariableResolver {
  private static final byte[] NOTHING = {};
  // What an expression can compute with: the years 1 to 9999.
  private static final long SECONDS_MIN = -62_135_596_800L;
  private static final long SECONDS_MAX = 253_402_300_799L;

  private final String topic;
  private final int partition;
  private final LogRecord record;
  private final @Nullable Set<String> jsonFields;
  private final Budget budget;
  private @Nullable String key;
  private @Nullable String value;
  private @Nullable Map<String, String> headers;
  private @Nullable Object json;
  private boolean parsed;

  RecordVariables(
      String topic,
      int partition,
      LogRecord record,
      @Nullable Set<String> jsonFields,
      Budget budget) {
    this.topic = topic;
    this.partition = partition;
    this.record = record;
    this.jsonFields = jsonFields;
    this.budget = budget;
  }

  @Override
  public Optional<Object> find(String name) {
    return switch (name) {
      case "topic" -> Optional.of(topic);
      case "partition" -> Optional.of((long) partition);
      case "offset" -> Optional.of(record.offset());
      case "timestamp" -> timestamp();
      case "key" -> Optional.of(key());
      case "key_bytes" -> Optional.of(CelByteString.of(charged(record.key())));
      case "value" -> Optional.of(value());
      case "value_bytes" -> Optional.of(CelByteString.of(charged(record.value())));
      case "headers" -> Optional.of(headers());
      case "json" -> json();
      default -> Optional.empty();
    };
  }

  private Optional<Object> timestamp() {
    Instant instant = Instant.ofEpochMilli(record.timestampMillis());
    return instant.getEpochSecond() < SECONDS_MIN || instant.getEpochSecond() > SECONDS_MAX
        ? Optional.empty()
        : Optional.of(instant);
  }

  private String key() {
    byte[] bytes = charged(record.key());
    String known = key;
    if (known == null) {
      known = new String(bytes, StandardCharsets.UTF_8);
      key = known;
    }
    return known;
  }

  private String value() {
    byte[] bytes = charged(record.value());
    String known = value;
    if (known == null) {
      known = new String(bytes, StandardCharsets.UTF_8);
      value = known;
    }
    return known;
  }

  private Map<String, String> headers() {
    Map<String, String> known = headers;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (Header header : record.headers()) {
        byte[] bytes = charged(header.value());
        known.put(header.name(), new String(bytes, StandardCharsets.UTF_8));
      }
      headers = known;
    }
    budget.charge(known.size());
    return known;
  }

  /** Empty when the value is no JSON: whatever needs it is an error then, and matches nothing. */
  private Optional<Object> json() {
    byte[] bytes = charged(record.value());
    if (!parsed) {
      json = JsonText.parse(bytes, jsonFields);
      parsed = true;
    }
    return Optional.ofNullable(json);
  }

  private byte[] charged(byte @Nullable [] bytes) {
    budget.charge(bytes == null ? 0 : bytes.length);
    return bytes == null ? NOTHING : bytes;
  }
}
