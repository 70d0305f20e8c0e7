package dev.funes.client;

import java.util.List;

/** A topic and its partitions, by number. */
public record TopicDescription(TopicInfo topic, List<PartitionDescription> partitions) {
  public TopicDescription {
    partitions = List.copyOf(partitions);
  }
}
