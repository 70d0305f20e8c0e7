import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * Loads a Kafka cluster in the way {@code funes perf} loads a Funes cluster: the same loops,
 * payload, clock and fields of the result, so that the only difference is the system. Kafka's own
 * client does the work, with its defaults unless {@code --set} says otherwise.
 *
 * <p>Latency is counted from when a record was due, at a fixed rate also when the client could not
 * even send it yet. Nothing of the warm-up is counted: the clock starts when it is acknowledged.
 */
public final class KafkaLoad {
  private static final String USAGE =
      """
      KafkaLoad produce|consume|e2e|topics|create|delete|leader [OPTION VALUE]...
        --servers HOST:PORT,...
        --topic T  --partitions 6  --replication-factor 3  --topic-config NAME=VALUE
        --records N | --duration SECONDS  --warm-up SECONDS  --rate R  --one-at-a-time true
        --record-size BYTES  --seed S | --payload-file FILE  --clients 1  --topics 1
        --set NAME=VALUE  --pid PID,PID
      Prints one JSON object. Without --topic, a topic is created and deleted at the end.\
      """;

  private KafkaLoad() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      System.err.println(USAGE);
      System.exit(2);
    }
    Options options = Options.parse(args);
    Map<String, Object> result =
        switch (args[0]) {
          case "produce" -> Produce.run(options);
          case "consume" -> Consume.run(options);
          case "e2e" -> EndToEnd.run(options);
          case "topics" -> TopicTimes.run(options);
          case "create" -> Topics.create(options);
          case "delete" -> Topics.delete(options);
          case "leader" -> Topics.leader(options);
          default -> throw new IllegalArgumentException("no such command: " + args[0]);
        };
    System.out.println(new ObjectMapper().writeValueAsString(result));
  }
}
