package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.Delivery;
import dev.funes.client.FunesException;
import dev.funes.client.GroupOptions;
import dev.funes.client.NodeAddress;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members of one consumer group join, leave, are killed and stop, and its coordinator is killed, in
 * an order by chance and under load. {@code -Dfunes.rebalances=200} for the long form, {@code
 * -Dfunes.seed=} to run one again.
 */
class GroupChaosTest {
  private static final Logger LOG = LoggerFactory.getLogger(GroupChaosTest.class);
  private static final int REBALANCES = Integer.getInteger("funes.rebalances", 8);
  private static final long SEED = Long.getLong("funes.seed", System.nanoTime());
  private static final int PARTITIONS = 6;
  private static final int RECORDS_PER_SECOND = 600;
  private static final int WORKERS_MAX = 6;
  private static final String GROUP = "shipping";
  private static final String TOPIC = "orders";

  private enum Event {
    JOIN,
    LEAVE,
    KILL,
    STOP,
    KILL_COORDINATOR
  }

  @RegisterExtension final FunesCluster cluster = FunesCluster.ofNodes(3);

  private final GroupBook book = new GroupBook();
  private final List<GroupWorker> workers = new ArrayList<>();
  private final List<GroupWorker> stalled = new ArrayList<>();
  private final Random random = new Random(SEED);
  private int started;
  private int downNode;

  @Test
  void nothingIsLostAndNothingCommittedIsReadAgain() throws InterruptedException {
    LOG.info("seed {}, {} rebalances", SEED, REBALANCES);
    try (Admin admin = Admin.open(TestClients.config(cluster.addresses()))) {
      admin.createTopic(TOPIC, PARTITIONS, TopicSettings.DEFAULTS);
      Set<String> written;
      try (PacedLoad load =
          PacedLoad.start(cluster.addresses(), TOPIC, PARTITIONS, RECORDS_PER_SECOND)) {
        join();
        join();
        book.awaitMore(100);
        for (int i = 0; i < REBALANCES; i++) {
          happen(next(), admin);
          book.awaitMore(random.nextInt(20, 300));
        }
        written = load.stop();
      }
      if (downNode != 0) {
        cluster.restart(downNode);
      }
      stalled.forEach(GroupWorker::go);
      await()
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(() -> assertThat(book.missing(written)).isEmpty());
      workers.forEach(GroupWorker::close);
      stalled.forEach(GroupWorker::close);
      book.check();
      long commits = GroupBook.assertNoCommittedOffsetWentBack(admin, GROUP);
      LOG.info(
          "{} records written, {} deliveries, {} commits",
          written.size(),
          book.deliveries.get(),
          commits);
      assertThat(commits).isPositive();
    }
  }

  private Event next() {
    if (workers.size() < 2) {
      return Event.JOIN;
    }
    Event event = Event.values()[random.nextInt(Event.values().length)];
    return event == Event.JOIN && workers.size() == WORKERS_MAX ? Event.LEAVE : event;
  }

  private void happen(Event event, Admin admin) {
    LOG.info("{} with {} members", event, workers.size());
    switch (event) {
      case JOIN -> join();
      case LEAVE -> any().close();
      case KILL -> any().kill();
      case STOP -> stop();
      case KILL_COORDINATOR -> killCoordinator(admin);
    }
  }

  private void join() {
    started++;
    GroupOptions options =
        GroupOptions.builder()
            .sessionTimeout(Duration.ofSeconds(2))
            .rebalanceTimeout(Duration.ofSeconds(10))
            .pollIntervalMax(Duration.ofSeconds(1))
            .commitInterval(Duration.ofMillis(100))
            .delivery(started % 2 == 0 ? Delivery.MANUAL : Delivery.AT_LEAST_ONCE)
            .build();
    workers.add(
        GroupWorker.start("worker-" + started, cluster.addresses(), GROUP, TOPIC, options, book));
  }

  private GroupWorker any() {
    return workers.remove(random.nextInt(workers.size()));
  }

  /** One is stuck, and the one that was stuck before goes on. */
  private void stop() {
    stalled.forEach(GroupWorker::go);
    workers.addAll(stalled);
    stalled.clear();
    GroupWorker worker = any();
    worker.stall();
    stalled.add(worker);
  }

  private void killCoordinator(Admin admin) {
    if (downNode != 0) {
      cluster.restart(downNode);
      downNode = 0;
      cluster.awaitLeaders();
    }
    NodeAddress coordinator = coordinator(admin);
    cluster.kill(coordinator.nodeId());
    downNode = coordinator.nodeId();
  }

  private static NodeAddress coordinator(Admin admin) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .ignoreException(FunesException.class)
        .until(() -> admin.describeGroup(GROUP).coordinator(), node -> node != null);
  }
}
