package dev.funes.cli.offsets;

import dev.funes.client.CommittedOffset;
import dev.funes.client.ResetTopic;
import dev.funes.client.TopicPartition;
import java.util.ArrayList;
import java.util.List;

/** How partitions are written on the command line: {@code TOPIC/PARTITION}. */
public final class PartitionName {
  private PartitionName() {}

  /** Reads {@code TOPIC/PARTITION=OFFSET}. */
  public static CommittedOffset parseCommit(String text) {
    int equals = text.lastIndexOf('=');
    int slash = text.lastIndexOf('/', Math.max(equals, 0));
    if (slash > 0 && equals > slash) {
      try {
        int partition = Integer.parseUnsignedInt(text, slash + 1, equals, 10);
        long offset = Long.parseLong(text.substring(equals + 1));
        if (partition >= 0 && offset >= 0) {
          return CommittedOffset.of(
              new TopicPartition(text.substring(0, slash), partition), offset);
        }
      } catch (NumberFormatException e) {
        // The message below says what is expected.
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not TOPIC/PARTITION=OFFSET");
  }

  /** Reads {@code TOPIC} or {@code TOPIC:PARTITION,...}. */
  static ResetTopic parseTopic(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return ResetTopic.all(text);
    }
    List<Integer> partitions = new ArrayList<>();
    for (String number : text.substring(colon + 1).split(",", -1)) {
      try {
        partitions.add(Integer.parseUnsignedInt(number));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is not TOPIC or TOPIC:PARTITION,...", e);
      }
    }
    return new ResetTopic(text.substring(0, colon), partitions);
  }

  /** Prints {@code TOPIC/PARTITION}. */
  public static String print(TopicPartition partition) {
    return partition.topic() + "/" + partition.partition();
  }
}
