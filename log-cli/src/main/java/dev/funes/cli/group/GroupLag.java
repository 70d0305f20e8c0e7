package dev.funes.cli.group;

import dev.funes.client.GroupPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a consumer group is behind, over all its partitions.
 *
 * @param records left to read, in the partitions with a stored offset; null when none has one
 * @param millis the longest that a record has been waiting; null when it is not known
 */
record GroupLag(@Nullable Long records, @Nullable Long millis, double recordsPerSecond) {
  GroupLag(@Nullable Long records, @Nullable Long millis, double recordsPerSecond) {
    this.records = records;
    this.millis = millis;
    this.recordsPerSecond = recordsPerSecond;
  }

  static GroupLag of(List<GroupPartition> partitions) {
    Long records = null;
    Long millis = null;
    double rate = 0;
    for (GroupPartition partition : partitions) {
      if (partition.lagRecords() != null) {
        records = (records == null ? 0 : records) + partition.lagRecords();
      }
      if (partition.lagMillis() != null) {
        millis = Math.max(millis == null ? 0 : millis, partition.lagMillis());
      }
      rate += partition.recordsPerSecond();
    }
    return new GroupLag(records, millis, rate);
  }
}
