import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic from its start, as fast as it comes. */
final class Consume {
  private Consume() {}

  static Map<String, Object> run(Options options) throws Exception {
    String topic = options.text("topic", "");
    long records = options.number("records", Long.MAX_VALUE);
    warmUp(options, topic, records);
    Meter meter = new Meter(options.pids());
    Tally tally = new Tally();
    double firstMillis;
    double seconds;
    try (KafkaConsumer<byte[], byte[]> consumer = assigned(options, topic)) {
      long end = Math.min(records, available(consumer));
      meter.start();
      firstMillis =
          Meter.rounded((read(consumer, tally, end, Long.MAX_VALUE) - meter.startNanos()) / 1e6);
      seconds = (System.nanoTime() - meter.startNanos()) / 1e9;
      meter.stop();
    }
    Map<String, Object> result = tally.throughput("consume", topic, seconds);
    result.put("first_record_ms", firstMillis);
    result.put("cpu", meter.cpu(tally.bytes()));
    return Facts.addTo(result, options, meter);
  }

  /** Reads the same topic, again and again, with consumers of this JVM. */
  private static void warmUp(Options options, String topic, long records) {
    long untilNanos = System.nanoTime() + options.nanos("warm-up", 10);
    while (System.nanoTime() < untilNanos) {
      try (KafkaConsumer<byte[], byte[]> consumer = assigned(options, topic)) {
        read(consumer, new Tally(), Math.min(records, available(consumer)), untilNanos);
      }
    }
  }

  /** A consumer at the start of all partitions. */
  static KafkaConsumer<byte[], byte[]> assigned(Options options, String topic) {
    KafkaConsumer<byte[], byte[]> consumer = options.consumer();
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private static long available(KafkaConsumer<byte[], byte[]> consumer) {
    return consumer.endOffsets(consumer.assignment()).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** Returns when the first record was there. */
  private static long read(
      KafkaConsumer<byte[], byte[]> consumer, Tally tally, long records, long untilNanos) {
    long firstNanos = 0;
    while (tally.records() < records && System.nanoTime() < untilNanos) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
        tally.read(record.value().length);
      }
      if (firstNanos == 0 && tally.records() > 0) {
        firstNanos = System.nanoTime();
      }
    }
    return firstNanos;
  }
}
