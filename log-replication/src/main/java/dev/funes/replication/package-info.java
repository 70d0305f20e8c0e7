/**
 * What the raft groups of a node agree on and what it does to the node's state: commands and their
 * outcomes, what apply does, the proposal batchers, checkpoints, and the cluster's metadata.
 *
 * <p>{@link dev.funes.replication.Replica} is everything of one node below the API; the server sees
 * only it and the values that it answers with. A data raft group ({@link
 * dev.funes.replication.DataGroup}) carries many partitions and the stored offsets of many consumer
 * groups. The metadata raft group says which topics there are, and hands out producer ids.
 *
 * <p>Apply is total and deterministic: it reads no clock and no setting of the node, so that every
 * replica that applies the same entries is the same byte for byte.
 */
@NullMarked
package dev.funes.replication;

import org.jspecify.annotations.NullMarked;
