package dev.funes.cli.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line, with the fields topic, partition, offset, timestamp, key, value and
 * headers, always all of them and in this order.
 *
 * <p>A key, value or header value that is well-formed UTF-8 stands as a string; other bytes stand
 * as base64 under the field's name with {@code _base64}, so nothing is lost and nothing is guessed.
 */
final class JsonRecordFormat implements RecordFormat {
  static final String BASE64_SUFFIX = "_base64";

  private @Nullable ByteSink lastOut;
  private @Nullable JsonGenerator lastGenerator;

  @Override
  public void write(String topic, int partition, LogRecord record, ByteSink out)
      throws IOException {
    JsonGenerator json = generator(out);
    json.writeStartObject();
    json.writeStringField("topic", topic);
    json.writeNumberField("partition", partition);
    json.writeNumberField("offset", record.offset());
    json.writeNumberField("timestamp", record.timestampMillis());
    writeBytes("key", record.key(), json);
    writeBytes("value", record.value(), json);
    json.writeArrayFieldStart("headers");
    for (Header header : record.headers()) {
      json.writeStartObject();
      json.writeStringField("name", header.name());
      writeBytes("value", header.value(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  private JsonGenerator generator(ByteSink out) throws IOException {
    JsonGenerator generator = lastGenerator;
    if (generator == null || lastOut != out) {
      generator = new JsonFactory().createGenerator(out);
      generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      // The newline is ours, so that every line is whole.
      generator.setRootValueSeparator(null);
      lastGenerator = generator;
      lastOut = out;
    }
    return generator;
  }

  private static void writeBytes(String name, byte @Nullable [] bytes, JsonGenerator json)
      throws IOException {
    if (bytes == null) {
      json.writeNullField(name);
    } else if (Utf8.isValid(bytes)) {
      json.writeFieldName(name);
      json.writeUTF8String(bytes, 0, bytes.length);
    } else {
      json.writeFieldName(name + BASE64_SUFFIX);
      json.writeBinary(bytes);
    }
  }
}
