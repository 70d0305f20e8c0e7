package dev.funes.cli.produce;

import dev.funes.cli.format.BadInputException;
import dev.funes.cli.format.InputRecord;
import dev.funes.client.ProducerRecord;
import dev.funes.client.TopicInfo;
import dev.funes.record.Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a record that was read the one to send: what the command line says comes first.
 *
 * @param partition null: what the record says
 * @param headers added to those of the record
 */
record Outgoing(TopicInfo topic, @Nullable Integer partition, List<Header> headers) {

  /** The partition that the record is to go to; null when nobody says. */
  @Nullable Integer target(InputRecord record) throws BadInputException {
    Integer target = partition == null ? record.partition() : partition;
    if (target != null && target >= topic.partitionCount()) {
      throw new BadInputException(
          record.lineNumber(),
          "no partition %d: '%s' has %d".formatted(target, topic.name(), topic.partitionCount()));
    }
    return target;
  }

  @SuppressWarnings("NullAway") // javac keeps no annotations for the parameters of the constructor
  ProducerRecord recordToSend(InputRecord record, @Nullable Integer target) {
    return new ProducerRecord(
        topic.name(),
        target,
        record.key(),
        record.value(),
        allHeaders(record),
        record.timestampMillis());
  }

  private List<Header> allHeaders(InputRecord record) {
    if (headers.isEmpty() || record.headers().isEmpty()) {
      return headers.isEmpty() ? record.headers() : headers;
    }
    List<Header> all = new ArrayList<>(record.headers());
    all.addAll(headers);
    return all;
  }

  /** Key and value. */
  static int bytes(InputRecord record) {
    return length(record.key()) + length(record.value());
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
