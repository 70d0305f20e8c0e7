package dev.funes.chaos.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of a history: numbers, texts, and lists of them. */
final class Line {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long[] NO_NUMBERS = {};

  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final List<String> targets = new ArrayList<>();
  private final List<Op.Piece> pieces = new ArrayList<>();
  private final List<Op.BadRecord> bad = new ArrayList<>();
  private long[] runs = NO_NUMBERS;

  private Line() {}

  static Line parse(String text) throws IOException {
    Line line = new Line();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("a line is no JSON object");
      }
      @Nullable String field;
      while ((field = json.nextFieldName()) != null) {
        line.field(field, json);
      }
      if (json.currentToken() != JsonToken.END_OBJECT) {
        throw new IOException("a line is cut off");
      }
    }
    return line;
  }

  private void field(String name, JsonParser json) throws IOException {
    switch (json.nextToken()) {
      case VALUE_NUMBER_INT -> numbers.put(name, json.getLongValue());
      case VALUE_STRING -> texts.put(name, json.getText());
      case START_ARRAY -> array(name, json);
      default -> throw new IOException("field " + name + " is neither number, text nor list");
    }
  }

  private void array(String name, JsonParser json) throws IOException {
    switch (name) {
      case "runs" -> runs = numbers(json);
      case "targets" -> {
        while (json.nextToken() == JsonToken.VALUE_STRING) {
          targets.add(json.getText());
        }
      }
      case "bad" -> {
        while (json.nextToken() == JsonToken.START_ARRAY) {
          json.nextToken();
          long offset = json.getLongValue();
          json.nextToken();
          bad.add(new Op.BadRecord(offset, json.getText()));
          json.nextToken();
        }
      }
      case "pieces" -> {
        while (json.nextToken() == JsonToken.START_ARRAY) {
          json.nextToken();
          long first = json.getLongValue();
          json.nextToken();
          long end = json.getLongValue();
          json.nextToken();
          pieces.add(new Op.Piece(first, end, json.getText()));
          json.nextToken();
        }
      }
      default -> throw new IOException("field " + name + " is a list");
    }
  }

  private static long[] numbers(JsonParser json) throws IOException {
    long[] values = new long[12];
    int count = 0;
    while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = json.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  long t() {
    return number("t");
  }

  String op() {
    return text("op");
  }

  String phase() {
    return text("phase");
  }

  Outcome outcome() {
    for (Outcome outcome : Outcome.values()) {
      if (outcome.phase().equals(phase())) {
        return outcome;
      }
    }
    throw new IllegalArgumentException("phase " + phase() + " is not known");
  }

  long number(String name) {
    Long value = numbers.get(name);
    if (value == null) {
      throw new IllegalArgumentException("field " + name + " is missing");
    }
    return value;
  }

  long number(String name, long absent) {
    return numbers.getOrDefault(name, absent);
  }

  int integer(String name) {
    return Math.toIntExact(number(name));
  }

  /** Empty when it is missing. */
  String text(String name) {
    return texts.getOrDefault(name, "");
  }

  List<String> texts(String name) {
    if (!name.equals("targets")) {
      throw new IllegalArgumentException("field " + name + " is no list of texts");
    }
    return List.copyOf(targets);
  }

  long[] numbers(String name) {
    if (!name.equals("runs")) {
      throw new IllegalArgumentException("field " + name + " is no list of numbers");
    }
    return runs;
  }

  List<Op.Piece> pieces() {
    return List.copyOf(pieces);
  }

  List<Op.BadRecord> bad() {
    return List.copyOf(bad);
  }
}
