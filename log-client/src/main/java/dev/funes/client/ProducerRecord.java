package dev.funes.client;

import dev.funes.record.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to be written. The arrays are not copied: leave them alone until {@link Producer#send}
 * has returned.
 *
 * @param partition where it goes; null lets the key choose, or the producer when there is no key
 * @param timestampMillis milliseconds since 1970-01-01 UTC; -1 means the time of {@code send}
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier; nobody compares producer records.
public record ProducerRecord(
    String topic,
    @Nullable Integer partition,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers,
    long timestampMillis) {
  /** The timestamp that stands for the time of {@code send}. */
  public static final long NOW = -1;

  // Written out: javac drops the @Nullable of the components from a compact constructor.
  public ProducerRecord(
      String topic,
      @Nullable Integer partition,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers,
      long timestampMillis) {
    if (partition != null && partition < 0) {
      throw new IllegalArgumentException("partition: " + partition + " is negative");
    }
    if (timestampMillis < NOW) {
      throw new IllegalArgumentException(
          "timestampMillis: " + timestampMillis + " is before 1970-01-01");
    }
    this.topic = topic;
    this.partition = partition;
    this.key = key;
    this.value = value;
    this.headers = List.copyOf(headers);
    this.timestampMillis = timestampMillis;
  }

  /** A record without headers, for now and for the partition of its key. */
  public static ProducerRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    return new ProducerRecord(topic, null, key, value, List.of(), NOW);
  }
}
