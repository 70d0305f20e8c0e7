/**
 * Raft groups, by way of Apache Ratis. The only package that knows Ratis, with the one below it:
 * its public types speak in JDK types and {@link dev.funes.cluster}.
 *
 * <p>A {@link dev.funes.raft.RaftNode} runs every raft group of this node. It takes commands as
 * bytes, replicates them, and hands what is committed to the {@link dev.funes.raft.RaftGroupState}
 * of the raft group, in order, on one thread. An entry is acknowledged when a quorum has forced it
 * to its Raft logs; what apply writes need not be durable before the next checkpoint, because a
 * restart applies everything after the checkpoint again.
 *
 * <p>A node that cannot write, or whose raft groups have stopped by themselves, must not go on half
 * alive: everything of that kind ends in the {@link dev.funes.raft.FatalHandler}.
 */
@NullMarked
package dev.funes.raft;

import org.jspecify.annotations.NullMarked;
