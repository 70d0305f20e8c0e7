package dev.funes.client;

/**
 * A consumer group in a list of them.
 *
 * @param offsetCount how many partitions have a stored offset
 */
public record GroupInfo(String name, GroupState state, int memberCount, int offsetCount) {}
