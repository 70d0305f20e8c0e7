package dev.funes.group;

import dev.funes.cluster.PartitionId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A member of a consumer group.
 *
 * @param id given by the coordinator, never empty
 * @param instanceId a name that outlives the process; empty: none
 * @param clientId for people; may be empty
 * @param host where its connection comes from
 * @param zone where it runs; empty: unknown
 * @param topics names it subscribes to
 * @param topicPattern an RE2 expression for more names; empty: none
 * @param sessionTimeoutMillis without a word for so long it is gone
 * @param rebalanceTimeoutMillis so long it may take to let go of what was revoked
 * @param joinedMillis the coordinator's time when it came first
 * @param held what it may read and commit
 */
public record Member(
    String id,
    String instanceId,
    String clientId,
    String host,
    String zone,
    SortedSet<String> topics,
    String topicPattern,
    Assignor assignor,
    int sessionTimeoutMillis,
    int rebalanceTimeoutMillis,
    long joinedMillis,
    SortedMap<PartitionId, Held> held) {

  /** Copies the collections. */
  public Member {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("expected a member id, was empty");
    }
    topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
    held = Collections.unmodifiableSortedMap(new TreeMap<>(held));
  }

  /** This member with other partitions in its hands. */
  public Member withHeld(SortedMap<PartitionId, Held> held) {
    return new Member(
        id,
        instanceId,
        clientId,
        host,
        zone,
        topics,
        topicPattern,
        assignor,
        sessionTimeoutMillis,
        rebalanceTimeoutMillis,
        joinedMillis,
        held);
  }
}
