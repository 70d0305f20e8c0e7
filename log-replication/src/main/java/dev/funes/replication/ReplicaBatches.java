package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.BatchSource;

/** Where to get the batches of a partition that are damaged here. */
@FunctionalInterface
public interface ReplicaBatches {
  /** The other replicas of a partition. */
  BatchSource of(PartitionId partition);
}
