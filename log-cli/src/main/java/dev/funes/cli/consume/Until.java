package dev.funes.cli.consume;

import dev.funes.client.ConsumedRecord;

/** When reading ends by itself. */
interface Until {
  /** True when there is nothing more to read. */
  boolean isReached();

  /** False for a record that comes after the end. */
  default boolean wants(ConsumedRecord record) {
    return true;
  }
}
