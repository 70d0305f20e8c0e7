package dev.funes.server;

import static org.awaitility.Awaitility.await;

import dev.funes.client.CommitFencedException;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Delivery;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupOptions;
import dev.funes.client.Killed;
import dev.funes.client.RebalanceListener;
import dev.funes.client.Subscription;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group on a thread of its own, that writes down what it does. With manual
 * delivery it commits now and then, and before it gives a partition away.
 */
final class GroupWorker implements RebalanceListener, AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int COMMIT_EVERY_POLLS = 5;

  final String name;
  private final GroupBook book;
  private final Consumer consumer;
  private final boolean manual;
  private final Thread thread;
  private final Map<TopicPartition, Long> done = new HashMap<>();
  private volatile boolean closing;
  private volatile boolean killed;
  private volatile @Nullable CountDownLatch stall;
  private volatile @Nullable Throwable failure;
  private volatile String memberId = "";

  /** The partitions that it holds. */
  final Set<TopicPartition> held = ConcurrentHashMap.newKeySet();

  private GroupWorker(
      String name,
      String servers,
      String group,
      String topic,
      GroupOptions options,
      GroupBook book) {
    this.name = name;
    this.book = book;
    this.manual = options.delivery() == Delivery.MANUAL;
    this.consumer = Consumer.open(TestClients.config(servers), group, options);
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(topic));
  }

  static GroupWorker start(
      String name,
      String servers,
      String group,
      String topic,
      GroupOptions options,
      GroupBook book) {
    GroupWorker worker = new GroupWorker(name, servers, group, topic, options, book);
    worker.thread.start();
    return worker;
  }

  private void run(String topic) {
    try {
      consumer.subscribe(Subscription.to(topic), this);
      for (int polls = 1; !closing && !killed; polls++) {
        List<ConsumedRecord> records = consumer.poll(POLL);
        memberId = consumer.memberId();
        for (ConsumedRecord record : records) {
          book.processed(name, consumer.generation(), record);
          done.put(record.topicPartition(), record.offset() + 1);
        }
        if (manual && polls % COMMIT_EVERY_POLLS == 0) {
          commit();
        }
        awaitStall();
      }
      if (!killed) {
        consumer.close();
      }
    } catch (Throwable e) {
      failure = e;
      if (!killed && !isSentAway()) {
        book.wrong(name + " has failed: " + e);
      }
      consumer.close();
    }
  }

  /** True when somebody kicked or replaced it. */
  boolean isSentAway() {
    return failure instanceof FunesException e
        && (e.code() == ErrorCode.MEMBER_KICKED || e.code() == ErrorCode.MEMBER_REPLACED);
  }

  private void awaitStall() throws InterruptedException {
    CountDownLatch waiting = stall;
    if (waiting != null) {
      waiting.await();
    }
  }

  private void commit() {
    Map<TopicPartition, Long> offsets = new HashMap<>(done);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commit(offsets);
      offsets.forEach(book::committed);
    } catch (CommitFencedException e) {
      // Somebody else has them: they are read again there.
    } catch (FunesException e) {
      if (e.code() != ErrorCode.TIMEOUT && !killed) {
        throw e;
      }
    }
  }

  @Override
  public void onAssigned(Consumer of, Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      book.begins(name, of.generation(), partition, of.position(partition));
    }
    held.addAll(partitions);
  }

  @Override
  public void onRevoked(Consumer of, Collection<TopicPartition> partitions) {
    if (manual) {
      commit();
    }
    forget(partitions);
  }

  @Override
  public void onLost(Consumer of, Collection<TopicPartition> partitions) {
    forget(partitions);
  }

  private void forget(Collection<TopicPartition> partitions) {
    held.removeAll(partitions);
    partitions.forEach(done::remove);
  }

  String memberId() {
    return memberId;
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** Ends without a word. */
  void kill() {
    killed = true;
    Killed.kill(consumer);
    go();
  }

  /** Polls no more until {@link #go()}. */
  void stall() {
    stall = new CountDownLatch(1);
  }

  void go() {
    CountDownLatch waiting = stall;
    stall = null;
    if (waiting != null) {
      waiting.countDown();
    }
  }

  /** Leaves in order and waits for it. */
  @Override
  public void close() {
    closing = true;
    go();
    await().atMost(Duration.ofSeconds(60)).until(() -> !thread.isAlive());
  }
}
