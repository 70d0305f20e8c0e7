package dev.funes.cli.format;

import static dev.funes.cli.format.JsonRecordFormat.BASE64_SUFFIX;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import dev.funes.record.Header;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads back what {@code -f json} prints. The fields topic and offset are passed over: the command
 * names the topic and the log gives the offset. Every field may be missing.
 */
public final class JsonSource implements RecordSource {
  private final JsonParser json;
  private long line;

  /** Reads objects from the input, usually one a line. */
  public JsonSource(InputStream in) throws IOException {
    json = new JsonFactory().createParser(in);
  }

  @Override
  public @Nullable InputRecord next() throws IOException {
    try {
      JsonToken token = json.nextToken();
      if (token == null) {
        return null;
      }
      line = json.currentTokenLocation().getLineNr();
      if (token != JsonToken.START_OBJECT) {
        throw bad("expected a JSON object with fields such as key and value");
      }
      return record();
    } catch (StreamReadException e) {
      throw new BadInputException(
          Math.max(line, json.currentLocation().getLineNr()),
          "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private InputRecord record() throws IOException {
    Integer partition = null;
    long timestampMillis = InputRecord.NOW;
    byte[] key = null;
    byte[] value = null;
    List<Header> headers = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "topic", "offset" -> json.skipChildren();
        case "partition" -> partition = partition();
        case "timestamp" -> timestampMillis = timestamp();
        case "key" -> key = text(name);
        case "key" + BASE64_SUFFIX -> key = binary(name);
        case "value" -> value = text(name);
        case "value" + BASE64_SUFFIX -> value = binary(name);
        case "headers" -> headers = headers();
        default -> throw bad("unknown field \"" + name + "\"");
      }
    }
    return new InputRecord(line, partition, timestampMillis, key, value, headers);
  }

  private @Nullable Integer partition() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    long partition = number("partition");
    if (partition < 0 || partition > Integer.MAX_VALUE) {
      throw bad("\"partition\" is out of range: " + partition);
    }
    return (int) partition;
  }

  private long timestamp() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return InputRecord.NOW;
    }
    long timestamp = number("timestamp");
    if (timestamp < 0) {
      throw bad("\"timestamp\" is below 0: " + timestamp);
    }
    return timestamp;
  }

  private long number(String name) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw bad("\"" + name + "\" must be a whole number");
    }
    return json.getLongValue();
  }

  private byte @Nullable [] text(String name) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> json.getText().getBytes(StandardCharsets.UTF_8);
      default ->
          throw bad(
              "\"%s\" must be a string or null; for bytes use \"%s\""
                  .formatted(name, name + BASE64_SUFFIX));
    };
  }

  private byte[] binary(String name) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      try {
        return json.getBinaryValue();
      } catch (StreamReadException e) {
        // The same message as for a value that is no string at all.
      }
    }
    throw bad("\"" + name + "\" must be base64");
  }

  private List<Header> headers() throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw bad("\"headers\" must be an array of objects with name and value");
    }
    List<Header> headers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      headers.add(header());
    }
    return List.copyOf(headers);
  }

  private Header header() throws IOException {
    String headerName = null;
    byte[] value = null;
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "name" ->
              headerName = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
          case "value" -> value = text(name);
          case "value" + BASE64_SUFFIX -> value = binary(name);
          default -> throw bad("unknown field \"" + name + "\" in a header");
        }
      }
    }
    if (headerName == null) {
      throw bad("a header must be an object with a name");
    }
    return new Header(headerName, value);
  }

  private BadInputException bad(String message) {
    return new BadInputException(line, message);
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
