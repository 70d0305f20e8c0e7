package dev.funes.client;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What a client knows of topics: how many partitions, and who leads them. Thread-safe. */
final class TopicRoutes {
  /** One topic. */
  static final class Route {
    private final AtomicReferenceArray<@Nullable ServerAddress> leaders;
    // Records without a key go to one partition until its batch is full: fewer, larger batches.
    private volatile int sticky;

    private Route(int partitionCount) {
      this.leaders = new AtomicReferenceArray<>(partitionCount);
      this.sticky = ThreadLocalRandom.current().nextInt(partitionCount);
    }

    int partitionCount() {
      return leaders.length();
    }

    int stickyPartition() {
      return sticky;
    }

    /** A batch of this partition was sealed. */
    void moveOnFrom(int partition) {
      int count = partitionCount();
      if (partition == sticky && count > 1) {
        sticky = (partition + 1 + ThreadLocalRandom.current().nextInt(count - 1)) % count;
      }
    }
  }

  private final TopicLookup lookup;
  private final Duration patience;
  private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();

  /**
   * @param patience how long to look for a topic while nobody can tell
   */
  TopicRoutes(TopicLookup lookup, Duration patience) {
    this.lookup = lookup;
    this.patience = patience;
  }

  /** Finds a topic; asks the cluster the first time, and blocks for it. Throws FunesException. */
  Route topic(String name) {
    return topic(name, patience);
  }

  /** The same, with another patience. */
  Route topic(String name, Duration most) {
    Route known = routes.get(name);
    if (known != null) {
      return known;
    }
    Route found = route(lookup.find(name, most));
    Route other = routes.putIfAbsent(name, found);
    return other == null ? found : other;
  }

  private static Route route(TopicDescription description) {
    Route route = new Route(description.topic().partitionCount());
    for (PartitionDescription partition : description.partitions()) {
      if (partition.leader() != null && partition.partition() < route.partitionCount()) {
        route.leaders.set(partition.partition(), partition.leader().server());
      }
    }
    return route;
  }

  @Nullable ServerAddress leader(TopicPartition partition) {
    Route route = routes.get(partition.topic());
    return route == null || partition.partition() >= route.partitionCount()
        ? null
        : route.leaders.get(partition.partition());
  }

  void learn(TopicPartition partition, @Nullable ServerAddress leader) {
    Route route = routes.get(partition.topic());
    if (route != null && partition.partition() < route.partitionCount()) {
      route.leaders.set(partition.partition(), leader);
    }
  }

  /** A batch of this partition was sealed: the next record without a key goes elsewhere. */
  void sealed(TopicPartition partition) {
    Route route = routes.get(partition.topic());
    if (route != null) {
      route.moveOnFrom(partition.partition());
    }
  }

  /** The topic is not what it was; the next record asks the cluster again. */
  void forget(String topic) {
    routes.remove(topic);
  }
}
