import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/** How long topics take to create, describe and delete. */
final class TopicTimes {
  private TopicTimes() {}

  static Map<String, Object> run(Options options) throws Exception {
    String prefix = "perf-" + System.currentTimeMillis();
    List<String> names =
        IntStream.range(0, (int) options.number("topics", 1))
            .mapToObj(i -> prefix + "-" + i)
            .toList();
    try (Admin admin = options.admin()) {
      admin.describeCluster().nodes().get();
      long start = System.nanoTime();
      Topics.createAll(admin, names, options);
      long created = System.nanoTime();
      admin.describeTopics(names).allTopicNames().get();
      long described = System.nanoTime();
      admin.deleteTopics(names).all().get();
      long deleted = System.nanoTime();
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("scenario", "topics");
      result.put("topics", names.size());
      result.put("partitions", options.partitions());
      result.put("create_ms", Meter.rounded((created - start) / 1e6));
      result.put("describe_ms", Meter.rounded((described - created) / 1e6));
      result.put("delete_ms", Meter.rounded((deleted - described) / 1e6));
      return result;
    }
  }
}
