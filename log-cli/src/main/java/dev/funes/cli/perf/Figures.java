package dev.funes.cli.perf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A result as two results are compared: by name, in the order of the JSON.
 *
 * @param numbers such as {@code latency_ms.p99}
 * @param settings what was asked for
 * @param words such as {@code scenario}
 */
record Figures(
    Map<String, Double> numbers, Map<String, String> settings, Map<String, String> words) {
  private static final String SETTINGS = "settings.";

  /** What tells of the machine and of processes, and cannot be faster or slower. */
  private static final List<String> PASSED_OVER = List.of("cpu.pids.", "cpus");

  Figures {
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    words = Map.copyOf(words);
  }

  /** Reads the JSON of a result. */
  static Figures parse(String text) throws IOException {
    Map<String, Double> numbers = new LinkedHashMap<>();
    Map<String, String> settings = new LinkedHashMap<>();
    Map<String, String> words = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (!token.isScalarValue()) {
          continue;
        }
        String name = name(json.getParsingContext().pathAsPointer());
        if (name.startsWith(SETTINGS)) {
          settings.put(name.substring(SETTINGS.length()), json.getText());
        } else if (!token.isNumeric()) {
          words.put(name, json.getText());
        } else if (PASSED_OVER.stream().noneMatch(name::startsWith)) {
          numbers.put(name, json.getDoubleValue());
        }
      }
    }
    return new Figures(numbers, settings, words);
  }

  private static String name(JsonPointer pointer) {
    return pointer.toString().substring(1).replace('/', '.');
  }
}
