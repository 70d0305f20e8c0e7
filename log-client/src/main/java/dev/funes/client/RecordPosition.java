package dev.funes.client;

/**
 * Where an acknowledged record lies. It is on disk on a majority of its replicas.
 *
 * @param timestampMillis the timestamp that was written, milliseconds since 1970-01-01 UTC
 */
public record RecordPosition(String topic, int partition, long offset, long timestampMillis) {}
