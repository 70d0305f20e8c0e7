package dev.funes.chaos.history;

import java.util.List;

/**
 * One thing that happened in a run. Times are nanoseconds since the run began ({@link RunClock});
 * an end that nobody saw is {@link #NEVER}.
 */
public sealed interface Op {
  /** The end of what was never answered. */
  long NEVER = Long.MAX_VALUE;

  /** When it began. */
  long invokedNanos();

  /** When it ended, or {@link #NEVER}. */
  long endedNanos();

  /**
   * Records that a producer sent to one partition, with sequences that follow each other; when it
   * was done, they lie at offsets that follow each other.
   *
   * @param part the number of the partition
   * @param producer and epoch: who wrote; sequences rise from 0 for each partition
   * @param firstOffset of an {@link Outcome#OK}; else -1
   * @param error what it ended with; empty when nothing
   */
  record Write(
      String process,
      long invokedNanos,
      long endedNanos,
      Outcome outcome,
      int part,
      int producer,
      int epoch,
      long firstSeq,
      int count,
      long firstOffset,
      String error)
      implements Op {}

  /** Who reads. */
  enum Reader {
    /** A reader without a group. */
    FREE,
    /** A member of a consumer group. */
    GROUP,
    /** The last reading of a run, when all is healed. */
    FINAL
  }

  /**
   * A piece of one partition that was read.
   *
   * @param node that was read from, its own replica; 0: whichever
   * @param group of a member; else empty
   * @param fromOffset where it read
   * @param nextOffset where the next read goes on
   * @param endOffset where the partition ended as the node saw it; -1: not told
   * @param runs of the records: offset, key ({@link RecordKey}), count, for records at offsets and
   *     with sequences that follow each other
   * @param bad the records that are not what anybody wrote
   */
  @SuppressWarnings("ArrayRecordComponent") // A carrier; nobody compares reads.
  record Read(
      String process,
      long invokedNanos,
      long endedNanos,
      Reader reader,
      int node,
      String group,
      int part,
      long fromOffset,
      long nextOffset,
      long endOffset,
      long[] runs,
      List<BadRecord> bad)
      implements Op {}

  /** A record whose content is damaged or foreign. */
  record BadRecord(long offset, String problem) {}

  /** The end of a partition, asked at a node, which asks the leader. */
  record End(String process, long invokedNanos, long endedNanos, int node, int part, long endOffset)
      implements Op {}

  /** An offset that a member of a consumer group stored. */
  record Commit(
      String process,
      long invokedNanos,
      long endedNanos,
      Outcome outcome,
      String group,
      String member,
      long generation,
      int part,
      long offset,
      String error)
      implements Op {}

  /** The stored offset of a consumer group, as it was read; -1: there was none. */
  record Committed(
      String process, long invokedNanos, long endedNanos, String group, int part, long offset)
      implements Op {}

  /** An operator moved the stored offset of a consumer group. */
  record Reset(
      String process,
      long invokedNanos,
      long endedNanos,
      Outcome outcome,
      String group,
      int part,
      long offset)
      implements Op {}

  /** What becomes of the ownership of a partition. */
  enum Change {
    /** A member begins to read it. */
    GAINED,
    /** A member has let go of it; others may have it from now on. */
    RELEASED,
    /** It was taken from a member, who did not know. */
    LOST
  }

  /** A member of a consumer group takes or leaves a partition. */
  record Ownership(
      String process,
      long invokedNanos,
      Change change,
      String group,
      String member,
      long generation,
      int part,
      long position)
      implements Op {
    @Override
    public long endedNanos() {
      return invokedNanos;
    }
  }

  /**
   * A fault, from its beginning to its end.
   *
   * @param targets what it hit: "node 2", say
   * @param evidence that it was real; empty when there is none, which is a red of its own
   */
  record Fault(
      long id,
      String name,
      List<String> targets,
      Impact impact,
      long invokedNanos,
      long endedNanos,
      String evidence)
      implements Op {}

  /** What happened to the run as a whole: "load", "healed", "quiescent", "stuck", "detected". */
  record Mark(long invokedNanos, String name, String detail) implements Op {
    @Override
    public long endedNanos() {
      return invokedNanos;
    }
  }

  /**
   * What a node's process used.
   *
   * @param heapBytes after a full collection when the node was at rest, else as it was just then;
   *     -1: not known, as are the others
   * @param settled true when the node was at rest: the cluster was whole, and its heap was
   *     collected
   * @param pid of the process; another one is another life. 0: not told
   */
  record Sample(
      long invokedNanos,
      int node,
      long heapBytes,
      long descriptors,
      long threads,
      long residentBytes,
      long diskBytes,
      boolean settled,
      long pid)
      implements Op {
    @Override
    public long endedNanos() {
      return invokedNanos;
    }
  }

  /**
   * What a replica holds.
   *
   * @param source "fetch" from the running node, or "files" when it was stopped
   * @param sha256 of offset and bytes of every batch from the start offset to the end offset
   * @param bytes of all these batches; -1: not told
   * @param pieces the same in pieces of some offsets, so that replicas that begin at different
   *     offsets can be compared where both have something; none in old histories
   */
  record Replica(
      long invokedNanos,
      int node,
      int part,
      String source,
      long startOffset,
      long endOffset,
      String sha256,
      long bytes,
      List<Piece> pieces)
      implements Op {
    public Replica {
      pieces = List.copyOf(pieces);
    }

    @Override
    public long endedNanos() {
      return invokedNanos;
    }
  }

  /**
   * The batches of a replica whose base offsets lie between two multiples of {@link #OFFSETS}.
   *
   * @param firstOffset of the first of them
   * @param endOffset behind the last of them
   * @param sha256 of them all, in hexadecimal
   */
  record Piece(long firstOffset, long endOffset, String sha256) {
    /** How many offsets belong to a piece. */
    public static final int OFFSETS = 500;
  }

  /** What a check of a stopped node's files said. */
  record Files(long invokedNanos, int node, boolean clean, String report) implements Op {
    @Override
    public long endedNanos() {
      return invokedNanos;
    }
  }
}
