package dev.funes.cli.consume;

import dev.funes.client.ConsumedRecord;
import dev.funes.client.TopicPartition;

/** When reading ends by itself. */
interface Until {
  /** True when there is nothing more to read. */
  boolean isReached();

  /** The offset that a partition is read to, exclusive; positions may lie beyond it. */
  default long end(TopicPartition partition) {
    return Long.MAX_VALUE;
  }

  /** False for a record that comes after the end. */
  default boolean wants(ConsumedRecord record) {
    return true;
  }
}
