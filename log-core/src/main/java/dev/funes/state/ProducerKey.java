package dev.funes.state;

/** A producer in a partition. */
record ProducerKey(long topicId, int partition, long producerId) {}
