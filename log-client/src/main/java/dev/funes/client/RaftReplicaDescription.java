package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * One node's replica of a raft group.
 *
 * @param appliedIndex the last Raft index applied; null when the node did not answer
 * @param lagEntries how many Raft entries it is behind the leader's commit; null when unknown
 * @param copying the checkpoint that it copies from its leader; null when it does not
 */
public record RaftReplicaDescription(
    NodeAddress address,
    @Nullable Long appliedIndex,
    @Nullable Long lagEntries,
    @Nullable CopyDescription copying) {}
