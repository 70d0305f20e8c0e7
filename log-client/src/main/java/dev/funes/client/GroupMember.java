package dev.funes.client;

import java.util.List;

/**
 * A member of a consumer group.
 *
 * @param instanceId of a static member; empty: it is none
 * @param clientId what the member says of itself
 * @param host where it connected from
 * @param zone where it says that it runs; empty: unknown
 * @param topics what it has subscribed to by name
 * @param topicPattern what it has subscribed to by pattern; empty: none
 * @param connected false while its stream is broken and its session has not run out
 * @param joinedMillis when it joined, in milliseconds since 1970-01-01 UTC
 */
public record GroupMember(
    String id,
    String instanceId,
    String clientId,
    String host,
    String zone,
    List<String> topics,
    String topicPattern,
    boolean connected,
    long joinedMillis) {
  public GroupMember {
    topics = List.copyOf(topics);
  }
}
