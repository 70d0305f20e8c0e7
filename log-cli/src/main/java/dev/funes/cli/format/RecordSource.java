package dev.funes.cli.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Records from somewhere, one after the other. One thread uses it. */
public interface RecordSource extends AutoCloseable {
  /**
   * The next record, or null at the end.
   *
   * @throws BadInputException when what stands there is no record
   */
  @Nullable InputRecord next() throws IOException;

  @Override
  default void close() throws IOException {}
}
