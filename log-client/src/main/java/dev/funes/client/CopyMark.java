package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a copied record says of where it came from, and how far its copy was. */
final class CopyMark {
  static final String REPLAY = "funes-replay";
  private static final String TOPIC = "funes-source-topic";
  private static final String PARTITION = "funes-source-partition";
  private static final String OFFSET = "funes-source-offset";
  private static final String TIMESTAMP = "funes-source-timestamp";

  /**
   * On the last record of each batch: what of the source is before it, or not for its partition.
   */
  private static final String POSITION = "funes-replay-position";

  private static final List<String> OURS =
      List.of(REPLAY, TOPIC, PARTITION, OFFSET, TIMESTAMP, POSITION);

  private CopyMark() {}

  /** The records that a node has to send to find the last mark of a copy. */
  static String filter(String id) {
    return "headers[\"%s\"] == \"%s\" && \"%s\" in headers".formatted(REPLAY, id, POSITION);
  }

  /**
   * The record as it is copied: the same, with its origin instead of what an earlier copy said.
   *
   * @param position of the last record of a batch; otherwise null
   */
  static ProducerRecord copy(
      ConsumedRecord source,
      TopicPartition target,
      String id,
      @Nullable SortedMap<TopicPartition, Long> position) {
    LogRecord record = source.record();
    List<Header> headers = new ArrayList<>(record.headers());
    headers.removeIf(header -> OURS.contains(header.name()));
    headers.add(header(TOPIC, source.topic()));
    headers.add(header(PARTITION, Integer.toString(source.partition())));
    headers.add(header(OFFSET, Long.toString(record.offset())));
    headers.add(header(TIMESTAMP, Long.toString(record.timestampMillis())));
    headers.add(header(REPLAY, id));
    if (position != null) {
      headers.add(header(POSITION, print(position)));
    }
    return new ProducerRecord(
        target.topic(),
        target.partition(),
        record.key(),
        record.value(),
        headers,
        Math.max(ProducerRecord.NOW, record.timestampMillis()));
  }

  /** The position that a record carries; null when it carries none that can be read. */
  static @Nullable SortedMap<TopicPartition, Long> position(LogRecord record) {
    for (Header header : record.headers().reversed()) {
      byte[] value = header.value();
      if (header.name().equals(POSITION) && value != null) {
        return parse(new String(value, UTF_8));
      }
    }
    return null;
  }

  private static String print(Map<TopicPartition, Long> position) {
    return position.entrySet().stream()
        .map(
            entry ->
                entry.getKey().topic() + "/" + entry.getKey().partition() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  private static @Nullable SortedMap<TopicPartition, Long> parse(String text) {
    SortedMap<TopicPartition, Long> position = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      int slash = part.lastIndexOf('/');
      int equals = part.lastIndexOf('=');
      if (slash < 0 || equals < slash) {
        return null;
      }
      try {
        position.put(
            new TopicPartition(
                part.substring(0, slash), Integer.parseInt(part.substring(slash + 1, equals))),
            Long.parseLong(part.substring(equals + 1)));
      } catch (IllegalArgumentException e) {
        return null; // somebody else's
      }
    }
    return position;
  }

  private static Header header(String name, String value) {
    return new Header(name, value.getBytes(UTF_8));
  }
}
