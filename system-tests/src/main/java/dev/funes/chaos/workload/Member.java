package dev.funes.chaos.workload;

import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Delivery;
import dev.funes.client.FunesException;
import dev.funes.client.GroupOptions;
import dev.funes.client.RebalanceListener;
import dev.funes.client.Subscription;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A member of a consumer group: reads what it is given, and stores what it has worked through. Now
 * and then it leaves with work that is not stored, stands still until it is taken for dead, or
 * comes anew.
 */
final class Member extends Client {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration SESSION = Duration.ofSeconds(6);
  private static final Duration POLL_INTERVAL_MAX = Duration.ofSeconds(20);
  private static final long STANDSTILL_MILLIS = 25_000;
  private static final int COMMIT_EVERY_POLLS = 5;
  private static final long LIFE_NANOS_MIN = TimeUnit.SECONDS.toNanos(20);
  private static final long LIFE_NANOS_MAX = TimeUnit.SECONDS.toNanos(90);
  private static final long PAUSE_MILLIS = 500;

  private final Shared shared;
  private final String group;
  private final SplittableRandom random;
  private final WorkLog log;
  private int lives;

  // Of one life.
  private String member = "";
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  Member(Shared shared, String group, int number) {
    super("member-%s-%d".formatted(group, number));
    this.shared = shared;
    this.group = group;
    this.random = new SplittableRandom(shared.info.seed() * 43 + name().hashCode());
    this.log = shared.log(name());
  }

  @Override
  void run() throws InterruptedException {
    try (log) {
      while (!isStopped()) {
        try {
          live();
        } catch (FunesException e) {
          positions.clear(); // It joins anew; what it held is not its own any more.
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    }
  }

  private void live() throws InterruptedException {
    member = name() + "." + ++lives;
    positions.clear();
    ClientConfig config =
        ClientConfig.builder()
            .servers(shared.servers())
            .deliveryTimeout(shared.settings.deliveryTimeout())
            .build();
    GroupOptions options =
        GroupOptions.builder()
            .clientId(member)
            .delivery(Delivery.MANUAL)
            .sessionTimeout(SESSION)
            .pollIntervalMax(POLL_INTERVAL_MAX)
            .build();
    long end = shared.clock.nanos() + random.nextLong(LIFE_NANOS_MIN, LIFE_NANOS_MAX);
    try (Consumer consumer = Consumer.open(config, group, options)) {
      consumer.subscribe(Subscription.to(topics()), new Changes());
      work(consumer, end);
      if (isStopped()) {
        var _ = commit(consumer, Map.copyOf(positions));
      } else if (random.nextInt(3) == 0) {
        Thread.sleep(STANDSTILL_MILLIS); // taken for dead; then it hears of it, or just leaves
        poll(consumer);
      }
    }
  }

  private List<String> topics() {
    return shared.settings.topics().stream().map(topic -> topic.name()).toList();
  }

  private void work(Consumer consumer, long endNanos) {
    for (int polls = 1; !isStopped() && shared.clock.nanos() < endNanos; polls++) {
      poll(consumer);
      if (polls % COMMIT_EVERY_POLLS == 0) {
        var _ = commit(consumer, Map.copyOf(positions));
      }
    }
  }

  private void poll(Consumer consumer) {
    long begun = log.now();
    List<ConsumedRecord> records = consumer.poll(POLL);
    Map<TopicPartition, ReadNote> notes = new HashMap<>();
    for (ConsumedRecord record : records) {
      TopicPartition partition = record.topicPartition();
      Integer part = shared.numbers.get(partition);
      if (part != null) {
        notes
            .computeIfAbsent(
                partition,
                _ ->
                    new ReadNote(
                        shared.info.runId(),
                        part,
                        positions.getOrDefault(partition, record.offset())))
            .add(record.offset(), record.record().value());
      }
    }
    notes.forEach(
        (partition, note) -> {
          positions.put(partition, note.nextOffset());
          log.read(note.done(name(), begun, Op.Reader.GROUP, 0, group, -1));
        });
    shared.delivered.addAndGet(records.size());
  }

  /**
   * Each partition's offset is an operation of its own, although they travel together. True: it was
   * done, so the partitions were this member's.
   */
  private boolean commit(Consumer consumer, Map<TopicPartition, Long> offsets) {
    if (offsets.isEmpty()) {
      return false;
    }
    List<Long> ids = new ArrayList<>();
    offsets.forEach(
        (partition, offset) ->
            ids.add(
                log.committing(
                    group,
                    member,
                    consumer.generation(),
                    shared.numbers.getOrDefault(partition, -1),
                    offset)));
    try {
      consumer.commit(offsets);
      ids.forEach(id -> log.committed(id, Outcome.OK, ""));
      return true;
    } catch (FunesException e) {
      // Even of a commit that was refused, an earlier try may have been carried out.
      ids.forEach(id -> log.committed(id, Outcome.UNKNOWN, e.code().name()));
      return false;
    }
  }

  @Override
  void failed(Exception why) {
    log.close();
  }

  /** Notes what comes and goes. Called within poll and close. */
  private final class Changes implements RebalanceListener {
    @Override
    public void onAssigned(Consumer consumer, Collection<TopicPartition> partitions) {
      for (TopicPartition partition : partitions) {
        long position = consumer.position(partition);
        positions.put(partition, position);
        note(Op.Change.GAINED, consumer, partition, position);
      }
    }

    @Override
    public void onRevoked(Consumer consumer, Collection<TopicPartition> partitions) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (TopicPartition partition : partitions) {
        Long position = positions.get(partition);
        if (position != null) {
          offsets.put(partition, position);
        }
      }
      // One time in four its last work is lost, and comes again.
      boolean owned = random.nextInt(4) != 0 && commit(consumer, offsets);
      // Without a commit that was taken, the member only believes that it still had them: in truth
      // its session may have ended, and another may have them.
      gone(owned ? Op.Change.RELEASED : Op.Change.LOST, consumer, partitions);
    }

    @Override
    public void onLost(Consumer consumer, Collection<TopicPartition> partitions) {
      gone(Op.Change.LOST, consumer, partitions);
    }

    private void gone(Op.Change change, Consumer consumer, Collection<TopicPartition> partitions) {
      for (TopicPartition partition : partitions) {
        Long position = positions.remove(partition);
        note(change, consumer, partition, position == null ? -1 : position);
      }
    }

    private void note(
        Op.Change change, Consumer consumer, TopicPartition partition, long position) {
      Integer part = shared.numbers.get(partition);
      if (part != null) {
        log.ownership(change, group, member, consumer.generation(), part, position);
      }
    }
  }
}
