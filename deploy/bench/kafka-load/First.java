import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Waits for a cluster that is about to start, and ends with the first acknowledged record. */
final class First {
  private First() {}

  static Map<String, Object> run(Options options) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = options.producer()) {
      producer.send(new ProducerRecord<>(options.text("topic", ""), new byte[1024])).get();
      return Map.of("acknowledged_epoch_ms", System.currentTimeMillis());
    }
  }
}
