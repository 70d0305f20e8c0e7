package dev.funes.state;

/** One partition of a topic and what a consumer group committed for it. */
public record GroupOffset(long topicId, int partition, StoredOffset offset) {}
