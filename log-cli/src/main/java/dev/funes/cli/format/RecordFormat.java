package dev.funes.cli.format;

import dev.funes.record.LogRecord;
import java.io.IOException;

/**
 * How one record is printed. Implementations may keep state between records; one thread uses them.
 */
public interface RecordFormat {
  /** The value and a newline: what {@code produce} reads as lines comes out as the same lines. */
  String DEFAULT = "%v\\n";

  /** Prints one record to the sink. */
  void write(String topic, int partition, LogRecord record, ByteSink out) throws IOException;

  /**
   * Reads what {@code -f} was given: {@code json}, {@code raw}, or a format string.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static RecordFormat parse(String text) {
    return switch (text) {
      case "json" -> new JsonRecordFormat();
      case "raw" -> new RawFormat();
      default -> FormatString.parse(text);
    };
  }

  /** The bytes of the values and nothing between them. */
  record RawFormat() implements RecordFormat {
    @Override
    public void write(String topic, int partition, LogRecord record, ByteSink out)
        throws IOException {
      byte[] value = record.value();
      if (value != null) {
        out.write(value);
      }
    }
  }
}
