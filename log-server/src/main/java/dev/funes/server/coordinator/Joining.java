package dev.funes.server.coordinator;

import dev.funes.group.Assignor;
import dev.funes.group.Member;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What a member says of itself when it joins. Its fields have been checked.
 *
 * @param memberId empty: a new member
 * @param instanceId empty: none
 * @param topicPattern empty: none
 */
public record Joining(
    String memberId,
    String instanceId,
    String clientId,
    String host,
    String zone,
    SortedSet<String> topics,
    String topicPattern,
    Assignor assignor,
    int sessionTimeoutMillis,
    int rebalanceTimeoutMillis) {

  /** As a member that holds nothing yet. */
  Member member(String id, long nowMillis) {
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
        nowMillis,
        new TreeMap<>());
  }
}
