package dev.funes.client;

/**
 * A copy of a checkpoint that is under way: the replica was away for longer than the Raft log is
 * kept, or is new.
 *
 * @param fromNodeId the node that it is read from
 * @param doneBytes what is here, also what was here before
 * @param totalBytes of the whole checkpoint; 0 until that is known
 */
public record CopyDescription(int fromNodeId, long doneBytes, long totalBytes) {}
