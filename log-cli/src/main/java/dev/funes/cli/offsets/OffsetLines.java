package dev.funes.cli.offsets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.format.BadInputException;
import dev.funes.client.OffsetTarget;
import dev.funes.client.TopicPartition;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stored offsets as JSON, one object a line, written and read back. */
final class OffsetLines {
  /** What other commands print beside an offset. It says nothing about where to go. */
  private static final Set<String> PASSED_OVER =
      Set.of("group", "timestamp", "endOffset", "lag", "lagMillis", "commitTimeMillis", "metadata");

  private final JsonParser json;
  private long line = 1;

  private OffsetLines(JsonParser json) {
    this.json = json;
  }

  static void print(String group, TopicPartition partition, long offset, PrintWriter out) {
    JsonOut.print(
        out,
        object -> {
          object.writeStringField("group", group);
          object.writeStringField("topic", partition.topic());
          object.writeNumberField("partition", partition.partition());
          object.writeNumberField("offset", offset);
        });
  }

  /**
   * Reads all objects.
   *
   * @throws BadInputException naming the line and the field
   */
  static List<OffsetTarget> read(InputStream in) throws IOException {
    JsonFactory strict =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser json = strict.createParser(in)) {
      return new OffsetLines(json).all();
    }
  }

  private List<OffsetTarget> all() throws IOException {
    List<OffsetTarget> targets = new ArrayList<>();
    Set<TopicPartition> seen = new HashSet<>();
    try {
      while (json.nextToken() != null) {
        line = json.currentTokenLocation().getLineNr();
        if (json.currentToken() != JsonToken.START_OBJECT) {
          throw bad("expected a JSON object with topic, partition and offset");
        }
        OffsetTarget target = target();
        if (!seen.add(target.partition())) {
          throw bad(PartitionName.print(target.partition()) + " is there a second time");
        }
        targets.add(target);
      }
    } catch (JsonEOFException e) {
      throw bad("not JSON: it ends in the middle");
    } catch (StreamReadException e) {
      throw new BadInputException(
          Math.max(line, json.currentLocation().getLineNr()),
          "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    return targets;
  }

  private OffsetTarget target() throws IOException {
    String topic = null;
    Long partition = null;
    Long offset = null;
    boolean hasOffset = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "topic" -> topic = topic();
        case "partition" -> partition = number(name, Integer.MAX_VALUE);
        case "offset" -> {
          hasOffset = true;
          offset =
              json.currentToken() == JsonToken.VALUE_NULL ? null : number(name, Long.MAX_VALUE);
        }
        default -> {
          if (!PASSED_OVER.contains(name)) {
            throw bad("unknown field \"" + name + "\"");
          }
          json.skipChildren();
        }
      }
    }
    if (!hasOffset) {
      throw bad("\"offset\" is missing");
    }
    return new OffsetTarget(partition(topic, partition), offset);
  }

  private TopicPartition partition(@Nullable String topic, @Nullable Long partition)
      throws IOException {
    if (topic == null) {
      throw bad("\"topic\" is missing");
    }
    if (partition == null) {
      throw bad("\"partition\" is missing");
    }
    return new TopicPartition(topic, partition.intValue());
  }

  private String topic() throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING || json.getText().isEmpty()) {
      throw bad("\"topic\" must be the name of a topic");
    }
    return json.getText();
  }

  private long number(String name, long max) throws IOException {
    boolean whole =
        json.currentToken() == JsonToken.VALUE_NUMBER_INT
            && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!whole || json.getLongValue() < 0 || json.getLongValue() > max) {
      throw bad("\"%s\" must be a whole number from 0 to %d".formatted(name, max));
    }
    return json.getLongValue();
  }

  private BadInputException bad(String message) {
    return new BadInputException(line, message);
  }
}
