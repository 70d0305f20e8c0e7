package dev.funes.client;

import dev.funes.record.LogRecord;

/** A record and where it was read. */
public record ConsumedRecord(String topic, int partition, LogRecord record) {
  public TopicPartition topicPartition() {
    return new TopicPartition(topic, partition);
  }

  public long offset() {
    return record.offset();
  }
}
