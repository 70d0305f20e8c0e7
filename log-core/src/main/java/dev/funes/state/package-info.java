/**
 * What a raft group keeps by key: consumer groups with their offsets, history and bookmarks, and
 * what producers wrote last.
 *
 * <p>One RocksDB database for each raft group and node, written only by the apply thread, each
 * batch of changes together with the Raft index it belongs to. RocksDB's own write-ahead log is
 * off, because the Raft log already is one: after a restart the state is that of the newest
 * checkpoint and the Raft log brings the rest. No other package sees RocksDB.
 */
@NullMarked
package dev.funes.state;

import org.jspecify.annotations.NullMarked;
