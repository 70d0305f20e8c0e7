package dev.funes.client;

import java.util.List;

/**
 * The part of a topic whose stored offsets are reset.
 *
 * @param partitions none means all
 */
public record ResetTopic(String topic, List<Integer> partitions) {
  public ResetTopic {
    partitions = List.copyOf(partitions);
  }

  /** All partitions of a topic. */
  public static ResetTopic all(String topic) {
    return new ResetTopic(topic, List.of());
  }
}
