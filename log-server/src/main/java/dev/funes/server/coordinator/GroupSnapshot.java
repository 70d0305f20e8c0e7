package dev.funes.server.coordinator;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import java.util.Set;

/**
 * A consumer group as its coordinator sees it.
 *
 * @param connected ids of the members whose streams are open
 * @param subscribed every partition that a member reads or is about to
 */
public record GroupSnapshot(
    GroupRecord record, Set<String> connected, Set<PartitionId> subscribed) {
  public GroupSnapshot {
    connected = Set.copyOf(connected);
    subscribed = Set.copyOf(subscribed);
  }
}
