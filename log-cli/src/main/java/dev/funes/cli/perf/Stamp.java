package dev.funes.cli.perf;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Says in a header of a record which phase it belongs to and since when it waits. */
final class Stamp {
  /** What {@link #sinceNanos} answers for records that are not of the phase. */
  static final long NONE = Long.MIN_VALUE;

  private static final String NAME = "due";
  private static final int BYTES = 2 * Long.BYTES;

  private Stamp() {}

  /** The header of a record that waits since then on the phase's clock. */
  static Header of(Phase phase, long sinceNanos) {
    return new Header(
        NAME, ByteBuffer.allocate(BYTES).putLong(phase.id()).putLong(sinceNanos).array());
  }

  /** Since when a record of the phase waits; {@link #NONE} when it is another's. */
  static long sinceNanos(Phase phase, LogRecord record) {
    if (record.headers().size() != 1) {
      return NONE;
    }
    byte @Nullable [] value = record.headers().getFirst().value();
    if (value == null || value.length != BYTES) {
      return NONE;
    }
    ByteBuffer stamp = ByteBuffer.wrap(value);
    return stamp.getLong() == phase.id() ? stamp.getLong() : NONE;
  }
}
