package dev.funes.cli.format;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A format such as {@code '%t[%p]@%o %k %v\n'}, read once and then only copied from: no text is
 * made of a record's bytes.
 */
final class FormatString implements RecordFormat {
  private sealed interface Part {}

  @SuppressWarnings("ArrayRecordComponent") // nobody compares parts
  private record Literal(byte[] bytes) implements Part {}

  private enum Field implements Part {
    TOPIC,
    PARTITION,
    OFFSET,
    KEY,
    VALUE,
    TIMESTAMP,
    HEADERS
  }

  private static final String FIELDS =
      "%t topic, %p partition, %o offset, %k key, %v value, %T timestamp, %h headers, %% a percent";

  private final Part[] parts;
  // Topics do not change from record to record, so their bytes are made once.
  private @Nullable String lastTopic;
  private byte[] lastTopicBytes = {};

  private FormatString(List<Part> parts) {
    this.parts = parts.toArray(Part[]::new);
  }

  static FormatString parse(String text) {
    if (text.indexOf('%') < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no format: use json, raw, or a string with fields: " + FIELDS);
    }
    List<Part> parts = new ArrayList<>();
    ByteArrayOutputStream literal = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (c == '%') {
        int name = at + 1 < text.length() ? text.charAt(at + 1) : -1;
        if (name == '%') {
          literal.write('%');
        } else {
          Field field = field(name, at);
          addLiteral(literal, parts);
          parts.add(field);
        }
        at += 2;
      } else if (c == '\\') {
        at = Escapes.parseOne(text, at, literal);
      } else {
        literal.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(c);
      }
    }
    addLiteral(literal, parts);
    return new FormatString(parts);
  }

  private static Field field(int name, int at) {
    return switch (name) {
      case 't' -> Field.TOPIC;
      case 'p' -> Field.PARTITION;
      case 'o' -> Field.OFFSET;
      case 'k' -> Field.KEY;
      case 'v' -> Field.VALUE;
      case 'T' -> Field.TIMESTAMP;
      case 'h' -> Field.HEADERS;
      default ->
          throw new IllegalArgumentException(
              "'%s' at character %d of the format is no field: use %s"
                  .formatted(name < 0 ? "%" : "%" + (char) name, at + 1, FIELDS));
    };
  }

  private static void addLiteral(ByteArrayOutputStream literal, List<Part> parts) {
    if (literal.size() > 0) {
      parts.add(new Literal(literal.toByteArray()));
      literal.reset();
    }
  }

  @Override
  public void write(String topic, int partition, LogRecord record, ByteSink out)
      throws IOException {
    for (Part part : parts) {
      switch (part) {
        case Literal literal -> out.write(literal.bytes());
        case Field field -> writeField(field, topic, partition, record, out);
      }
    }
  }

  private void writeField(Field field, String topic, int partition, LogRecord record, ByteSink out)
      throws IOException {
    switch (field) {
      case TOPIC -> out.write(topicBytes(topic));
      case PARTITION -> out.writeNumber(partition);
      case OFFSET -> out.writeNumber(record.offset());
      case KEY -> writeIfPresent(record.key(), out);
      case VALUE -> writeIfPresent(record.value(), out);
      case TIMESTAMP -> out.writeNumber(record.timestampMillis());
      case HEADERS -> writeHeaders(record.headers(), out);
    }
  }

  private byte[] topicBytes(String topic) {
    if (!topic.equals(lastTopic)) {
      lastTopic = topic;
      lastTopicBytes = topic.getBytes(StandardCharsets.UTF_8);
    }
    return lastTopicBytes;
  }

  private static void writeHeaders(List<Header> headers, ByteSink out) throws IOException {
    for (int i = 0; i < headers.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.write(headers.get(i).name().getBytes(StandardCharsets.UTF_8));
      out.write('=');
      writeIfPresent(headers.get(i).value(), out);
    }
  }

  private static void writeIfPresent(byte @Nullable [] bytes, ByteSink out) throws IOException {
    if (bytes != null) {
      out.write(bytes);
    }
  }
}
