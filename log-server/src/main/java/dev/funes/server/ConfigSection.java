package dev.funes.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the configuration file, read key by key. Every complaint names the file, the key
 * with its path, and what is allowed. The keys that were asked for are the keys that exist: {@link
 * #rejectUnknownKeys()} comes last.
 */
final class ConfigSection {
  private final Path file;
  private final String path;
  private final ObjectNode values;
  private final Set<String> known = new LinkedHashSet<>();

  ConfigSection(Path file, String path, ObjectNode values) {
    this.file = file;
    this.path = path;
    this.values = values;
  }

  String text(String key) {
    String value = optionalText(key);
    if (value == null) {
      throw missing(key);
    }
    return value;
  }

  @Nullable String optionalText(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw problem(key, "must be text, was " + shown(value));
    }
    return value.textValue();
  }

  int integer(String key, int min, int max) {
    if (value(key) == null) {
      throw missing(key);
    }
    return (int) number(key, min, max, min);
  }

  int integer(String key, int min, int max, int absent) {
    return (int) number(key, min, max, absent);
  }

  boolean has(String key) {
    return value(key) != null;
  }

  boolean flag(String key, boolean absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw problem(key, "must be true or false, was " + shown(value));
    }
    return value.booleanValue();
  }

  long number(String key, long min, long max, long absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw problem(
          key, "must be a whole number from " + min + " to " + max + ", was " + shown(value));
    }
    long number = value.longValue();
    if (number < min || number > max) {
      throw problem(key, "must be from " + min + " to " + max + ", was " + number);
    }
    return number;
  }

  /** The mapping under a key; an empty one when it is absent. */
  ConfigSection section(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return new ConfigSection(file, name(key), values.objectNode());
    }
    if (value instanceof ObjectNode mapping) {
      return new ConfigSection(file, name(key), mapping);
    }
    throw problem(key, "must be a mapping of keys to values, was " + shown(value));
  }

  /** The mappings of the list under a key; at least one. */
  List<ConfigSection> sections(String key) {
    JsonNode value = value(key);
    if (value == null) {
      throw missing(key);
    }
    if (!value.isArray() || value.isEmpty()) {
      throw problem(key, "must be a list of at least one mapping, was " + shown(value));
    }
    List<ConfigSection> sections = new ArrayList<>();
    for (JsonNode element : value) {
      String elementKey = key + "[" + sections.size() + "]";
      if (!(element instanceof ObjectNode mapping)) {
        throw problem(elementKey, "must be a mapping of keys to values, was " + shown(element));
      }
      sections.add(new ConfigSection(file, name(elementKey), mapping));
    }
    return sections;
  }

  void rejectUnknownKeys() {
    for (String key : (Iterable<String>) values::fieldNames) {
      if (!known.contains(key)) {
        throw new StartException(
            file + ": unknown key '" + name(key) + "'; allowed here: " + String.join(", ", known));
      }
    }
  }

  StartException problem(String key, String problem) {
    return new StartException(file + ": '" + name(key) + "' " + problem);
  }

  private StartException missing(String key) {
    return new StartException(file + ": missing '" + name(key) + "'");
  }

  private @Nullable JsonNode value(String key) {
    known.add(key);
    JsonNode value = values.get(key);
    return value == null || value.isNull() ? null : value;
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
