package dev.funes.server.coordinator;

import java.util.Set;

/**
 * A member as an assignor sees it.
 *
 * @param zone where it runs; empty: unknown
 * @param topicIds what it reads, of the topics that exist
 */
record Subscriber(String memberId, String zone, Set<Long> topicIds) {}
