package dev.funes.replication;

/**
 * One file of a checkpoint that another node may copy.
 *
 * @param name relative to the raft group's directory, with slashes
 * @param crc32c of all its bytes
 */
public record CheckpointFile(String name, long sizeBytes, int crc32c) {}
