package dev.funes.raft;

import java.nio.file.Path;

/**
 * Settings of the raft groups of one node. The same on every node but for the directory.
 *
 * @param directory Raft logs, votes and terms of all raft groups of this node
 * @param electionMillisMin a follower that hears nothing for this long to {@code electionMillisMax}
 *     asks to be elected; a leader sends a heartbeat every half of it
 * @param electionMillisMax above {@code electionMillisMin}
 * @param proposalMillisMax a command that is not committed by then is answered with {@link
 *     Submission.Unknown}
 * @param segmentBytes size of a file of the Raft log. About two of them are on the heap for each
 *     raft group while it is busy; a greater one means fewer files and coarser purging
 * @param checkpointMillis time between two calls of {@link RaftGroupState#takeCheckpoint}
 * @param balanceMillis how long a preferred leader must have kept up before it is given the lead; 0
 *     leaves leaders where they are
 * @param freeBytesMin a node does not start with less free space than this
 * @param entriesPort where leaders connect to send entries, 0 to 65535; 0: any that is free, which
 *     they are told
 */
public record RaftSettings(
    Path directory,
    int electionMillisMin,
    int electionMillisMax,
    int proposalMillisMax,
    int segmentBytes,
    int checkpointMillis,
    int balanceMillis,
    long freeBytesMin,
    int entriesPort) {

  /** A command with what Ratis adds must fit into one entry of the Raft log. */
  public static final int COMMAND_BYTES_MAX = (5 << 20) - (64 << 10);

  public static final int SEGMENT_BYTES_MIN = 8 << 20;

  public RaftSettings {
    require(electionMillisMin >= 50, "election-millis-min must be at least 50", electionMillisMin);
    require(
        electionMillisMax > electionMillisMin,
        "election-millis-max must be above election-millis-min",
        electionMillisMax);
    require(proposalMillisMax > 0, "proposal-millis-max must be positive", proposalMillisMax);
    require(
        segmentBytes >= SEGMENT_BYTES_MIN,
        "segment-bytes must be at least " + SEGMENT_BYTES_MIN,
        segmentBytes);
    require(checkpointMillis > 0, "checkpoint-millis must be positive", checkpointMillis);
    require(balanceMillis >= 0, "balance-millis must not be negative", balanceMillis);
    require(
        entriesPort >= 0 && entriesPort <= 65_535, "entries-port must be 0 to 65535", entriesPort);
    require(freeBytesMin >= 0, "free-bytes-min must not be negative", freeBytesMin);
  }

  /** The defaults, with everything under this directory. */
  public static RaftSettings in(Path directory) {
    return new RaftSettings(
        directory, 1_500, 3_000, 10_000, SEGMENT_BYTES_MIN, 30_000, 5_000, 8L << 20, 0);
  }

  public RaftSettings withElectionMillis(int min, int max) {
    return new RaftSettings(
        directory,
        min,
        max,
        proposalMillisMax,
        segmentBytes,
        checkpointMillis,
        balanceMillis,
        freeBytesMin,
        entriesPort);
  }

  public RaftSettings withProposalMillisMax(int millis) {
    return new RaftSettings(
        directory,
        electionMillisMin,
        electionMillisMax,
        millis,
        segmentBytes,
        checkpointMillis,
        balanceMillis,
        freeBytesMin,
        entriesPort);
  }

  public RaftSettings withSegmentBytes(int bytes) {
    return new RaftSettings(
        directory,
        electionMillisMin,
        electionMillisMax,
        proposalMillisMax,
        bytes,
        checkpointMillis,
        balanceMillis,
        freeBytesMin,
        entriesPort);
  }

  public RaftSettings withCheckpointMillis(int millis) {
    return new RaftSettings(
        directory,
        electionMillisMin,
        electionMillisMax,
        proposalMillisMax,
        segmentBytes,
        millis,
        balanceMillis,
        freeBytesMin,
        entriesPort);
  }

  public RaftSettings withBalanceMillis(int millis) {
    return new RaftSettings(
        directory,
        electionMillisMin,
        electionMillisMax,
        proposalMillisMax,
        segmentBytes,
        checkpointMillis,
        millis,
        freeBytesMin,
        entriesPort);
  }

  public RaftSettings withEntriesPort(int port) {
    return new RaftSettings(
        directory,
        electionMillisMin,
        electionMillisMax,
        proposalMillisMax,
        segmentBytes,
        checkpointMillis,
        balanceMillis,
        freeBytesMin,
        port);
  }

  private static void require(boolean holds, String rule, long was) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", was " + was);
    }
  }
}
