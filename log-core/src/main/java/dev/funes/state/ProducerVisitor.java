package dev.funes.state;

/** Is shown the producers of a raft group one by one. */
@FunctionalInterface
public interface ProducerVisitor {
  /** Sees one producer of one partition. Must not write to the state it comes from. */
  void visit(long topicId, int partition, long producerId, ProducerState state);
}
