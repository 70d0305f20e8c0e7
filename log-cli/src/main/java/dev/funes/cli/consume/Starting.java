package dev.funes.cli.consume;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.format.Place;
import dev.funes.client.Consumer;
import dev.funes.client.TopicPartition;
import java.util.List;
import java.util.Map;

/** Puts a consumer where it has to begin. */
public final class Starting {
  private final Consumer consumer;
  private final boolean useStoredOffsets;
  private final Place place;

  /** For this consumer; with stored offsets, those of its group come before the place. */
  public Starting(Consumer consumer, boolean useStoredOffsets, Place place) {
    this.consumer = consumer;
    this.useStoredOffsets = useStoredOffsets;
    this.place = place;
  }

  /** Assigns the partitions; those with a stored offset begin there, the others at the place. */
  public void assign(List<TopicPartition> partitions) {
    consumer.assign(partitions);
    if (useStoredOffsets) {
      var _ = seekWithoutStored(partitions);
    } else {
      seek(partitions);
    }
  }

  /** Moves those of the partitions to the place that have no stored offset, and returns them. */
  List<TopicPartition> seekWithoutStored(List<TopicPartition> partitions) {
    Map<TopicPartition, Long> stored = consumer.committed();
    List<TopicPartition> others =
        partitions.stream().filter(partition -> !stored.containsKey(partition)).toList();
    if (!others.isEmpty()) {
      seek(others);
    }
    return others;
  }

  private void seek(List<TopicPartition> partitions) {
    switch (place) {
      case Place.Start start -> consumer.seekToBeginning(partitions);
      case Place.End end -> consumer.seekToEnd(partitions);
      case Place.AtTime(long millis) -> consumer.seekToTimestamp(partitions, millis);
      case Place.At(long offset) -> seekTo(offset, partitions);
      case Place.BeforeEnd(long count) -> seekBeforeEnd(count, partitions);
    }
  }

  private void seekTo(long offset, List<TopicPartition> partitions) {
    Map<TopicPartition, Long> starts = consumer.startOffsets();
    Map<TopicPartition, Long> ends = consumer.endOffsets();
    for (TopicPartition partition : partitions) {
      long start = starts.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, Long.MAX_VALUE);
      if (offset < start || offset > end) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "offset %d: partition %d of '%s' goes from %d to %d%s"
                .formatted(
                    offset,
                    partition.partition(),
                    partition.topic(),
                    start,
                    end,
                    partitions.size() == 1 ? "" : "; choose a partition with -p"));
      }
      consumer.seek(partition, offset);
    }
  }

  private void seekBeforeEnd(long count, List<TopicPartition> partitions) {
    Map<TopicPartition, Long> starts = consumer.startOffsets();
    Map<TopicPartition, Long> ends = consumer.endOffsets();
    for (TopicPartition partition : partitions) {
      long start = starts.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, start);
      consumer.seek(partition, Math.max(start, end - count));
    }
  }
}
