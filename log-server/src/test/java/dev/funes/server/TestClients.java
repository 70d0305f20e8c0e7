package dev.funes.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What tests do with real clients. */
final class TestClients {
  private TestClients() {}

  static ClientConfig config(String servers) {
    return ClientConfig.builder().servers(servers).linger(Duration.ofMillis(1)).build();
  }

  static ProducerRecord record(String topic, int partition, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    return new ProducerRecord(topic, partition, bytes, bytes, List.of(), ProducerRecord.NOW);
  }

  /** Sends the values to one partition and waits for all. */
  static List<RecordPosition> produce(
      String servers, String topic, int partition, List<String> values) {
    try (Producer producer = Producer.open(config(servers))) {
      List<CompletableFuture<RecordPosition>> sent =
          values.stream().map(value -> producer.send(record(topic, partition, value))).toList();
      return sent.stream().map(CompletableFuture::join).toList();
    }
  }

  /** Everything in the partitions, up to where they end now. */
  static List<ConsumedRecord> consume(String servers, Collection<TopicPartition> partitions) {
    try (Consumer consumer = Consumer.open(config(servers), null)) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      consumer.stopAtEnd();
      return drain(consumer);
    }
  }

  static List<ConsumedRecord> drain(Consumer consumer) {
    List<ConsumedRecord> all = new ArrayList<>();
    while (!consumer.atEnd()) {
      all.addAll(consumer.poll(Duration.ofSeconds(10)));
    }
    return all;
  }

  static String value(ConsumedRecord consumed) {
    byte[] value = consumed.record().value();
    return value == null ? "" : new String(value, UTF_8);
  }
}
