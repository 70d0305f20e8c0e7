import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creating, deleting and describing topics. */
final class Topics {
  private static final long READY_NANOS = TimeUnit.MINUTES.toNanos(3);

  private Topics() {}

  /** A topic for one run; deleted at the end unless it was named. */
  record Lease(Options options, String name, boolean temporary) implements AutoCloseable {
    @Override
    public void close() {
      if (temporary) {
        try (Admin admin = options.admin()) {
          admin.deleteTopics(List.of(name)).all().toCompletionStage().toCompletableFuture().join();
        }
      }
    }
  }

  static Lease lease(Options options) throws Exception {
    String name = options.text("topic", "perf-" + System.currentTimeMillis());
    try (Admin admin = options.admin()) {
      if (!admin.listTopics().names().get().contains(name)) {
        createAll(admin, List.of(name), options);
      }
    }
    return new Lease(options, name, !options.has("topic"));
  }

  /** Returns when every partition has a leader and all of its replicas in sync. */
  static void createAll(Admin admin, List<String> names, Options options) throws Exception {
    Map<String, String> settings = options.pairs("topic-config");
    admin
        .createTopics(
            names.stream()
                .map(
                    name ->
                        new NewTopic(name, options.partitions(), options.replicationFactor())
                            .configs(settings))
                .toList())
        .all()
        .get();
    long untilNanos = System.nanoTime() + READY_NANOS;
    while (!allInSync(admin, names, options)) {
      if (System.nanoTime() > untilNanos) {
        throw new TimeoutException("partitions are not in sync after 3 minutes");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static boolean allInSync(Admin admin, List<String> names, Options options)
      throws InterruptedException {
    try {
      return admin.describeTopics(names).allTopicNames().get().values().stream()
          .allMatch(topic -> inSync(topic, options));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false; // the broker that was asked has not heard of it yet
      }
      throw new IllegalStateException(e);
    }
  }

  private static boolean inSync(TopicDescription topic, Options options) {
    return topic.partitions().size() == options.partitions()
        && topic.partitions().stream()
            .allMatch(
                p ->
                    p.leader() != null
                        && !p.leader().isEmpty()
                        && p.isr().size() == options.replicationFactor());
  }

  static Map<String, Object> create(Options options) throws Exception {
    try (Admin admin = options.admin()) {
      createAll(admin, List.of(options.text("topic", "")), options);
      return Map.of();
    }
  }

  static Map<String, Object> delete(Options options) throws Exception {
    try (Admin admin = options.admin()) {
      admin.deleteTopics(List.of(options.text("topic", ""))).all().get();
      return Map.of();
    }
  }

  /** The broker that leads partition 0. */
  static Map<String, Object> leader(Options options) throws Exception {
    String name = options.text("topic", "");
    try (Admin admin = options.admin()) {
      TopicDescription topic = admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
      return Map.of("leader", topic.partitions().getFirst().leader().id());
    }
  }
}
