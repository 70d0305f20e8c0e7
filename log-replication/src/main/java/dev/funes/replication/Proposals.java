package dev.funes.replication;

import dev.funes.raft.Submission;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Where entries go: one raft group. Entries submitted by one thread keep their order. */
@FunctionalInterface
interface Proposals {

  /** The entry's bytes are the raft group's from now on. */
  CompletableFuture<Submission> submit(ByteBuffer entry);
}
