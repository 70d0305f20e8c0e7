package dev.funes.cli.format;

import dev.funes.record.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that was read and is to be produced.
 *
 * @param lineNumber where it stood in the input, from 1
 * @param partition null when the input does not say
 * @param timestampMillis {@link #NOW} when the input does not say
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier; nobody compares input records.
public record InputRecord(
    long lineNumber,
    @Nullable Integer partition,
    long timestampMillis,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {
  /** The time at which the record is sent. */
  public static final long NOW = -1;
}
