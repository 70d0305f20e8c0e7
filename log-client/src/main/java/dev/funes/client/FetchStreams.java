package dev.funes.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The open Fetch streams of a consumer, and which of them each partition is read by. What a stream
 * brings of a partition that it is not the reader of, any more, is to be passed over.
 *
 * <p>Only the consumer's thread uses it.
 */
final class FetchStreams {
  private final Set<FetchStream> open = new LinkedHashSet<>();
  private final Map<TopicPartition, FetchStream> readers = new HashMap<>();

  void add(FetchStream stream) {
    open.add(stream);
    stream.partitions.forEach(partition -> readers.put(partition, stream));
  }

  boolean isOpen(FetchStream stream) {
    return open.contains(stream);
  }

  int count() {
    return open.size();
  }

  boolean isReader(FetchStream stream, TopicPartition partition) {
    return readers.get(partition) == stream;
  }

  boolean hasReader(TopicPartition partition) {
    return readers.containsKey(partition);
  }

  /** What the stream is the reader of. */
  List<TopicPartition> readBy(FetchStream stream) {
    return stream.partitions.stream().filter(each -> isReader(stream, each)).toList();
  }

  /** The stream has ended; returns what it was the reader of. */
  List<TopicPartition> remove(FetchStream stream) {
    List<TopicPartition> read = readBy(stream);
    open.remove(stream);
    read.forEach(readers::remove);
    return read;
  }

  /** Nothing more is taken from the stream. */
  void cancel(FetchStream stream) {
    var _ = remove(stream);
    stream.cancel();
  }

  void cancelAll() {
    open.forEach(FetchStream::cancel);
    open.clear();
    readers.clear();
  }

  /** The partition is not read any more; the others of its stream are read on without a pause. */
  void leave(TopicPartition partition) {
    FetchStream stream = readers.remove(partition);
    if (stream != null && readBy(stream).isEmpty()) {
      cancel(stream);
    }
  }

  /** The partition is to be read from elsewhere: its stream ends. */
  void cancelReaderOf(TopicPartition partition) {
    FetchStream stream = readers.get(partition);
    if (stream != null) {
      cancel(stream);
    }
  }

  /** Leaves every partition that is not among these. */
  void retain(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : List.copyOf(readers.keySet())) {
      if (!partitions.contains(partition)) {
        leave(partition);
      }
    }
  }

  /**
   * Cancels the streams that another layout would do better without: whose partitions are better
   * read from other nodes, that bring what nobody wants any more, or that go to the same node.
   *
   * @param best which partitions are best read from which node
   */
  void cancelUnlike(Map<ServerAddress, List<TopicPartition>> best) {
    Map<ServerAddress, Set<TopicPartition>> wanted = new HashMap<>();
    best.forEach((address, partitions) -> wanted.put(address, new HashSet<>(partitions)));
    for (FetchStream stream : new ArrayList<>(open)) {
      if (!new HashSet<>(stream.partitions).equals(wanted.get(stream.address))
          || readBy(stream).size() != stream.partitions.size()) {
        cancel(stream);
      }
    }
  }
}
