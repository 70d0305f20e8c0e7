package dev.funes.replication;

import dev.funes.cluster.NodeId;

/**
 * How far a copy of a checkpoint has come.
 *
 * @param from the node that it is read from
 * @param doneBytes what is here, also what was here before
 * @param totalBytes of the whole checkpoint; 0 until that is known
 */
public record CopyProgress(NodeId from, long doneBytes, long totalBytes) {}
