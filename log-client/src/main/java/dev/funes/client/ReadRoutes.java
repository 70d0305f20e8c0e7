package dev.funes.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which node each partition is read from: the one that leads it, because it is the first to know
 * what is committed; the others hear of it with the next batch or heartbeat. Any other node does
 * when that one is not known or not there: it has a replica, or fetches from one.
 *
 * <p>Only the consumer's thread uses it.
 */
final class ReadRoutes {
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  // An election takes a few seconds.
  private static final long LOOK_AGAIN_SOON_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final TopicRoutes routes;
  private final Connections connections;
  private long lookAgainAtNanos = System.nanoTime() + LOOK_AGAIN_NANOS;

  ReadRoutes(TopicRoutes routes, Connections connections) {
    this.routes = routes;
    this.connections = connections;
  }

  /** Asks the cluster who leads, when that is not known; blocks for it. */
  Map<ServerAddress, List<TopicPartition>> of(Collection<TopicPartition> partitions, long now) {
    topics(partitions).forEach(this::load);
    ServerAddress anyNode = null;
    Map<ServerAddress, List<TopicPartition>> byNode = new LinkedHashMap<>();
    for (TopicPartition partition : partitions) {
      ServerAddress node = usableLeader(partition);
      if (node == null) {
        anyNode = anyNode == null ? connections.next() : anyNode;
        node = anyNode;
      }
      byNode.computeIfAbsent(node, _ -> new ArrayList<>()).add(partition);
    }
    if (anyNode != null && lookAgainAtNanos - now > LOOK_AGAIN_SOON_NANOS) {
      lookAgainAtNanos = now + LOOK_AGAIN_SOON_NANOS;
    }
    return byNode;
  }

  /** True now and then: other nodes may lead meanwhile. */
  boolean isLookDue(long now) {
    return now - lookAgainAtNanos >= 0;
  }

  /** As {@link #of}, with nothing taken for known. */
  Map<ServerAddress, List<TopicPartition>> lookAgain(
      Collection<TopicPartition> partitions, long now) {
    lookAgainAtNanos = now + LOOK_AGAIN_NANOS;
    forget(partitions);
    return of(partitions, now);
  }

  /** What is known of these may be wrong. */
  void forget(Collection<TopicPartition> partitions) {
    topics(partitions).forEach(routes::forget);
  }

  private @Nullable ServerAddress usableLeader(TopicPartition partition) {
    ServerAddress leader = routes.leader(partition);
    return leader != null && connections.isUsable(leader) ? leader : null;
  }

  private void load(String topic) {
    try {
      routes.topic(topic);
    } catch (FunesException e) {
      // Whoever is asked to read it says what is wrong.
    }
  }

  private static Set<String> topics(Collection<TopicPartition> partitions) {
    Set<String> topics = new TreeSet<>();
    partitions.forEach(partition -> topics.add(partition.topic()));
    return topics;
  }
}
