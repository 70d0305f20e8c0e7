/**
 * The way of Raft entries from node to node: a TCP connection for each stream of entries, beside
 * Ratis' gRPC (docs/adr/0033).
 */
@NullMarked
package dev.funes.raft.entries;

import org.jspecify.annotations.NullMarked;
