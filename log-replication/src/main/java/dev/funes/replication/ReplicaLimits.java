package dev.funes.replication;

/**
 * The limits of one node. All may differ between nodes: what every replica must agree on travels
 * inside the entries.
 *
 * @param pendingBytesMax commands that wait or are in flight in one raft group; more are refused
 * @param entryBytesMax what one Raft entry gathers; a single larger command goes alone
 * @param entriesInFlightMax Raft entries of one raft group that are not answered yet
 * @param proposalMillisMax how long a command may go without an answer
 * @param checkpointBytes a checkpoint is taken after so many bytes were applied; an entry counts
 *     for 4 KiB more than it has
 * @param checkpointMillis a checkpoint is taken after this time, when anything was applied
 * @param raftLogKeepMillis how long the Raft log is kept for nodes that are away
 * @param raftLogKeepBytes the Raft log is kept shorter when it would pass this size; an entry
 *     counts for 4 KiB more than it has
 * @param retentionMillis how often a leader looks for segments that are due
 * @param producerExpiryMillis producers that were silent for so long are forgotten
 * @param partitionsMax of the whole cluster
 * @param diskReserveBytes what records leave free on the disk; {@link #DISK_RESERVE_DEFAULT}: 5 %
 *     of it, at most 1 GiB
 * @param catchUpBytesPerSecond what a node reads from others when it copies their checkpoints
 * @param groups of consumer groups
 * @param scrub of looking for damage
 */
public record ReplicaLimits(
    long pendingBytesMax,
    int entryBytesMax,
    int entriesInFlightMax,
    long proposalMillisMax,
    long checkpointBytes,
    long checkpointMillis,
    long raftLogKeepMillis,
    long raftLogKeepBytes,
    long retentionMillis,
    long producerExpiryMillis,
    int partitionsMax,
    long diskReserveBytes,
    long catchUpBytesPerSecond,
    GroupLimits groups,
    ScrubLimits scrub) {

  public static final long DISK_RESERVE_DEFAULT = -1;

  public static final ReplicaLimits DEFAULTS =
      new ReplicaLimits(
          64L << 20,
          1 << 20,
          8,
          10_000,
          256L << 20,
          5 * 60_000,
          60 * 60_000,
          1L << 30,
          30_000,
          7L * 24 * 60 * 60_000,
          20_000,
          DISK_RESERVE_DEFAULT,
          64L << 20,
          GroupLimits.DEFAULTS,
          ScrubLimits.DEFAULTS);

  public ReplicaLimits {
    requirePositive("pending-bytes-max", pendingBytesMax);
    requirePositive("entry-bytes-max", entryBytesMax);
    requirePositive("entries-in-flight-max", entriesInFlightMax);
    requirePositive("proposal-millis-max", proposalMillisMax);
    requirePositive("checkpoint-bytes", checkpointBytes);
    requirePositive("checkpoint-millis", checkpointMillis);
    requirePositive("raft-log-keep-millis", raftLogKeepMillis);
    requirePositive("raft-log-keep-bytes", raftLogKeepBytes);
    requirePositive("retention-millis", retentionMillis);
    requirePositive("producer-expiry-millis", producerExpiryMillis);
    requirePositive("partitions-max", partitionsMax);
    requirePositive("catch-up-bytes-per-second", catchUpBytesPerSecond);
    if (diskReserveBytes < DISK_RESERVE_DEFAULT) {
      throw new IllegalArgumentException(
          "disk-reserve-bytes must be 0 or more, was " + diskReserveBytes);
    }
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
    }
  }

  /** These limits with another trigger for checkpoints. */
  public ReplicaLimits withCheckpoints(long afterBytes, long afterMillis) {
    Draft draft = new Draft(this);
    draft.checkpointBytes = afterBytes;
    draft.checkpointMillis = afterMillis;
    return draft.limits();
  }

  /** These limits with another rhythm for retention and another life of silent producers. */
  public ReplicaLimits withExpiry(long everyMillis, long silentProducerMillis) {
    Draft draft = new Draft(this);
    draft.retentionMillis = everyMillis;
    draft.producerExpiryMillis = silentProducerMillis;
    return draft.limits();
  }

  /** These limits for what waits in one raft group. */
  public ReplicaLimits withProposals(
      long pendingBytes, int entryBytes, int entriesInFlight, long millis) {
    Draft draft = new Draft(this);
    draft.pendingBytesMax = pendingBytes;
    draft.entryBytesMax = entryBytes;
    draft.entriesInFlightMax = entriesInFlight;
    draft.proposalMillisMax = millis;
    return draft.limits();
  }

  /** These limits with others of consumer groups. */
  public ReplicaLimits withGroups(GroupLimits otherGroups) {
    Draft draft = new Draft(this);
    draft.groups = otherGroups;
    return draft.limits();
  }

  /** These limits with another reserve of the disk. */
  public ReplicaLimits withDiskReserve(long bytes) {
    Draft draft = new Draft(this);
    draft.diskReserveBytes = bytes;
    return draft.limits();
  }

  /** These limits with others of looking for damage. */
  public ReplicaLimits withScrub(ScrubLimits otherScrub) {
    Draft draft = new Draft(this);
    draft.scrub = otherScrub;
    return draft.limits();
  }

  /** These limits with another bound of the Raft log that is kept, and another rate of copies. */
  public ReplicaLimits withCatchUp(long keepMillis, long keepBytes, long bytesPerSecond) {
    Draft draft = new Draft(this);
    draft.raftLogKeepMillis = keepMillis;
    draft.raftLogKeepBytes = keepBytes;
    draft.catchUpBytesPerSecond = bytesPerSecond;
    return draft.limits();
  }

  /** Limits of which some are about to be changed. */
  private static final class Draft {
    private long pendingBytesMax;
    private int entryBytesMax;
    private int entriesInFlightMax;
    private long proposalMillisMax;
    private long checkpointBytes;
    private long checkpointMillis;
    private long raftLogKeepMillis;
    private long raftLogKeepBytes;
    private long retentionMillis;
    private long producerExpiryMillis;
    private int partitionsMax;
    private long diskReserveBytes;
    private long catchUpBytesPerSecond;
    private GroupLimits groups;
    private ScrubLimits scrub;

    Draft(ReplicaLimits from) {
      pendingBytesMax = from.pendingBytesMax;
      entryBytesMax = from.entryBytesMax;
      entriesInFlightMax = from.entriesInFlightMax;
      proposalMillisMax = from.proposalMillisMax;
      checkpointBytes = from.checkpointBytes;
      checkpointMillis = from.checkpointMillis;
      raftLogKeepMillis = from.raftLogKeepMillis;
      raftLogKeepBytes = from.raftLogKeepBytes;
      retentionMillis = from.retentionMillis;
      producerExpiryMillis = from.producerExpiryMillis;
      partitionsMax = from.partitionsMax;
      diskReserveBytes = from.diskReserveBytes;
      catchUpBytesPerSecond = from.catchUpBytesPerSecond;
      groups = from.groups;
      scrub = from.scrub;
    }

    ReplicaLimits limits() {
      return new ReplicaLimits(
          pendingBytesMax,
          entryBytesMax,
          entriesInFlightMax,
          proposalMillisMax,
          checkpointBytes,
          checkpointMillis,
          raftLogKeepMillis,
          raftLogKeepBytes,
          retentionMillis,
          producerExpiryMillis,
          partitionsMax,
          diskReserveBytes,
          catchUpBytesPerSecond,
          groups,
          scrub);
    }
  }
}
