import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The command line. */
record Options(Map<String, List<String>> values) {
  static Options parse(String[] args) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (int i = 1; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException("expected --option VALUE, was " + args[i]);
      }
      values.computeIfAbsent(args[i].substring(2), name -> new ArrayList<>()).add(args[i + 1]);
    }
    return new Options(values);
  }

  String text(String name, String absent) {
    return has(name) ? values.get(name).getLast() : absent;
  }

  long number(String name, long absent) {
    return has(name) ? Long.parseLong(values.get(name).getLast()) : absent;
  }

  /** Seconds on the command line, nanoseconds here. */
  long nanos(String name, double absentSeconds) {
    double seconds = has(name) ? Double.parseDouble(values.get(name).getLast()) : absentSeconds;
    return (long) (seconds * 1e9);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String servers() {
    return text("servers", "127.0.0.1:9092");
  }

  int partitions() {
    return (int) number("partitions", 6);
  }

  short replicationFactor() {
    return (short) number("replication-factor", 3);
  }

  Map<String, String> pairs(String name) {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : values.getOrDefault(name, List.of())) {
      int equals = pair.indexOf('=');
      pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return pairs;
  }

  List<Long> pids() {
    return Arrays.stream(text("pid", "").split(","))
        .filter(p -> !p.isEmpty())
        .map(Long::valueOf)
        .toList();
  }

  KafkaProducer<byte[], byte[]> producer() {
    Properties properties = client();
    properties.put("key.serializer", ByteArraySerializer.class.getName());
    properties.put("value.serializer", ByteArraySerializer.class.getName());
    return new KafkaProducer<>(properties);
  }

  KafkaConsumer<byte[], byte[]> consumer() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", servers());
    properties.put("key.deserializer", ByteArrayDeserializer.class.getName());
    properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
    return new KafkaConsumer<>(properties);
  }

  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", servers()));
  }

  private Properties client() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", servers());
    properties.put("acks", "all");
    properties.putAll(pairs("set"));
    return properties;
  }
}
