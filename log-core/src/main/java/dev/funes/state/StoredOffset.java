package dev.funes.state;

/**
 * An offset that a consumer group committed for one partition.
 *
 * @param offset the next offset to read, 0 or above
 * @param leaderEpoch epoch of the last record read, or -1
 * @param metadata free text of the consumer, may be empty
 * @param commitTimeMillis the leader's time of the commit
 */
public record StoredOffset(long offset, int leaderEpoch, String metadata, long commitTimeMillis) {}
