package dev.funes.cli.produce;

import dev.funes.cli.format.InputRecord;
import dev.funes.cli.format.LineSource;
import dev.funes.cli.format.RecordSource;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One record for each argument. A newline in an argument is part of the value. */
final class ValueSource implements RecordSource {
  private final Iterator<String> values;
  private final byte @Nullable [] keySeparator;
  private long number;

  ValueSource(List<String> values, byte @Nullable [] keySeparator) {
    this.values = values.iterator();
    this.keySeparator = keySeparator;
  }

  @Override
  public @Nullable InputRecord next() {
    if (!values.hasNext()) {
      return null;
    }
    byte[] bytes = values.next().getBytes(StandardCharsets.UTF_8);
    return LineSource.split(bytes, 0, bytes.length, keySeparator, ++number);
  }
}
