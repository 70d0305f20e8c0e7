/**
 * The values that name things in a cluster: nodes, raft groups, topics, partitions, and how they
 * are placed.
 *
 * <p>All of them are immutable and may be shared by any thread. They know nothing of Raft, RocksDB
 * or gRPC, so that every other package can speak in them.
 */
@NullMarked
package dev.funes.cluster;

import org.jspecify.annotations.NullMarked;
