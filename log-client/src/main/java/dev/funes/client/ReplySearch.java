package dev.funes.client;

import dev.funes.record.Murmur2;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a reply that was stored before now. Replies have their correlation id as key, so it is
 * in one partition.
 */
final class ReplySearch {
  /** How far the clocks of those who ask and those who answer may be apart. */
  private static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(10);

  private static final Duration POLL = Duration.ofSeconds(1);

  private final ClientConfig config;

  ReplySearch(ClientConfig config) {
    this.config = config;
  }

  /**
   * The first reply with this correlation id. Blocks while it reads.
   *
   * @param cancelled true: give up, there is none
   * @throws FunesException UNKNOWN_TOPIC, for the reply topic
   */
  Optional<Reply> find(String replyTopic, String correlationId, BooleanSupplier cancelled) {
    try (Consumer consumer = Consumer.open(config, null)) {
      int count = consumer.partitions(replyTopic).size();
      byte[] key = correlationId.getBytes(StandardCharsets.UTF_8);
      TopicPartition partition = new TopicPartition(replyTopic, Murmur2.partition(key, count));
      consumer.assign(List.of(partition));
      Long asked = CorrelationIds.timeMillis(correlationId);
      if (asked != null) {
        consumer.seekToTimestamp(
            List.of(partition), Math.max(0, asked - CLOCK_SKEW_MAX.toMillis()));
        Reply reply = scan(consumer, correlationId, cancelled);
        if (reply != null) {
          return Optional.of(reply);
        }
      }
      // Somebody else's id, or a clock that is wrong.
      consumer.assign(List.of(partition)); // Lifts the bound of before.
      consumer.seekToBeginning(List.of(partition));
      return Optional.ofNullable(scan(consumer, correlationId, cancelled));
    }
  }

  private static @Nullable Reply scan(
      Consumer consumer, String correlationId, BooleanSupplier cancelled) {
    consumer.stopAtEnd();
    while (!consumer.atEnd() && !cancelled.getAsBoolean()) {
      for (ConsumedRecord consumed : consumer.poll(POLL)) {
        Reply reply = Reply.of(consumed);
        if (reply != null && reply.correlationId().equals(correlationId)) {
          return reply;
        }
      }
    }
    return null;
  }
}
