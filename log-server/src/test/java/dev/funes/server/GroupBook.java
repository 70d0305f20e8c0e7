package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.OffsetCause;
import dev.funes.client.OffsetChange;
import dev.funes.client.OffsetHistoryEntry;
import dev.funes.client.OffsetHistoryPage;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the members of a consumer group have done, and whether that was right: no partition with two
 * owners in a generation, and nothing read again that its reader knew to be committed.
 *
 * <p>Thread-safe. What is wrong is kept, and thrown by {@link #check}.
 */
final class GroupBook {
  private record Turn(long generation, TopicPartition partition) {}

  private final Map<Turn, String> owners = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> acknowledged = new ConcurrentHashMap<>();
  private final Set<String> processed = ConcurrentHashMap.newKeySet();
  private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
  final AtomicLong deliveries = new AtomicLong();

  /** A member was given a partition, and will begin at this offset. */
  void begins(String member, long generation, TopicPartition partition, long offset) {
    owns(member, generation, partition);
    long committed = acknowledged.getOrDefault(partition, 0L);
    if (offset < committed) {
      wrong(
          "%s begins %s at %d in generation %d, but %d was committed"
              .formatted(member, partition, offset, generation, committed));
    }
  }

  private void owns(String member, long generation, TopicPartition partition) {
    String before = owners.putIfAbsent(new Turn(generation, partition), member);
    if (before != null && !before.equals(member)) {
      wrong(
          "%s has two owners in generation %d: %s and %s"
              .formatted(partition, generation, before, member));
    }
  }

  /** A member works on a record. */
  void processed(String member, long generation, ConsumedRecord record) {
    owns(member, generation, record.topicPartition());
    deliveries.incrementAndGet();
    processed.add(TestClients.value(record));
  }

  /** A member has heard that its commit is stored. */
  void committed(TopicPartition partition, long offset) {
    acknowledged.merge(partition, offset, Math::max);
  }

  void wrong(String what) {
    wrongs.add(what);
  }

  int distinct() {
    return processed.size();
  }

  boolean hasProcessed(String value) {
    return processed.contains(value);
  }

  /** Waits until so many more records than now have been delivered. */
  void awaitMore(int count) {
    long enough = deliveries.get() + count;
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> !wrongs.isEmpty() || deliveries.get() >= enough);
    check();
  }

  void check() {
    assertThat(wrongs).isEmpty();
  }

  /** By its history, the stored offsets of the group have never gone back. */
  static long assertNoCommittedOffsetWentBack(Admin admin, String group) {
    long before = 0;
    long commits = 0;
    while (true) {
      OffsetHistoryPage page = admin.offsetHistory(group, before, 1_000, false);
      for (OffsetHistoryEntry entry : page.entries()) {
        assertThat(entry.cause()).isEqualTo(OffsetCause.COMMIT);
        commits++;
        for (OffsetChange change : entry.changes()) {
          Long from = change.from();
          assertThat(change.to())
              .as("entry %d, %s, from %s", entry.id(), change.partition(), from)
              .isNotNull()
              .isGreaterThanOrEqualTo(from == null ? 0L : from);
        }
      }
      if (!page.more()) {
        return commits;
      }
      before = page.entries().getLast().id();
    }
  }

  /** The values that nobody has processed. */
  List<String> missing(Set<String> expected) {
    return expected.stream().filter(value -> !processed.contains(value)).toList();
  }
}
