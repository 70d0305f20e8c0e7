package dev.funes.replication;

import dev.funes.cluster.NodeId;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Part of the disk that records may not take, so that a node whose disk fills up goes on reading,
 * trimming, deleting and committing offsets instead of stopping in the middle of a write.
 *
 * <p>A node that is below its reserve is short until there is an eighth more than it; the leaders
 * of its raft groups then refuse records and topics, because a follower without room would have to
 * stop. Free space is looked at once a second; what was admitted since, or is not written yet, is
 * taken off. Thread-safe.
 */
public final class DiskReserve {

  private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);

  private static final long DEFAULT_BYTES_MAX = 1L << 30;
  private static final int DEFAULT_PART = 20; // of the file system: 5 %
  private static final int RESUME_PART = 8; // of the reserve
  private static final int COPIES = 2; // an admitted byte goes into the Raft log and into a segment
  private static final long PEER_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  /** The file system of the data directory. */
  interface FileSystem {
    long usableBytes() throws IOException;

    long totalBytes() throws IOException;
  }

  /**
   * How a node stands.
   *
   * @param freeBytes for records and everything else, without what compactions may still take
   * @param reserveBytes what records must leave
   * @param isShort whether it takes none
   */
  public record State(long freeBytes, long reserveBytes, boolean isShort) {}

  /** The node for whose sake records are refused. */
  public record Shortage(NodeId node, State state) {}

  /** What was known at a time, and how much had been admitted and written by then. */
  private record Known(State state, long admittedBefore, long nanos) {}

  private final NodeId self;
  private final FileSystem fileSystem;
  private final LongSupplier pendingBytes;
  private final LongSupplier expectedBytes;
  private final LongSupplier nanoClock;
  private final AtomicLong admittedBytes = new AtomicLong();
  private final Map<NodeId, Known> peers = new ConcurrentHashMap<>();
  private final long reserveBytes;
  private volatile Known own;
  private boolean hasFailed; // guarded by this

  /**
   * @param reserveBytes 0: none; {@link ReplicaLimits#DISK_RESERVE_DEFAULT}: 5 % of the file
   *     system, at most 1 GiB
   * @param pendingBytes admitted, and not written yet
   * @param expectedBytes what background work may still write
   */
  DiskReserve(
      NodeId self,
      FileSystem fileSystem,
      long reserveBytes,
      LongSupplier pendingBytes,
      LongSupplier expectedBytes,
      LongSupplier nanoClock)
      throws IOException {
    this.self = self;
    this.fileSystem = fileSystem;
    this.pendingBytes = pendingBytes;
    this.expectedBytes = expectedBytes;
    this.nanoClock = nanoClock;
    this.reserveBytes =
        reserveBytes == ReplicaLimits.DISK_RESERVE_DEFAULT
            ? Math.min(fileSystem.totalBytes() / DEFAULT_PART, DEFAULT_BYTES_MAX)
            : reserveBytes;
    this.own = new Known(new State(Long.MAX_VALUE, this.reserveBytes, false), 0, 0);
    look();
  }

  /** Looks at the disk; says so when it is short of room, and when it is no more. */
  synchronized void look() {
    long before = mark();
    long free;
    try {
      free = Math.max(0, fileSystem.usableBytes() - expectedBytes.getAsLong());
    } catch (IOException e) {
      if (!hasFailed) {
        LOG.error("node {} cannot see how much room its disk has", self, e);
      }
      hasFailed = true;
      return;
    }
    hasFailed = false;
    boolean wasShort = own.state.isShort;
    boolean isShort = free < (wasShort ? resumeBytes() : reserveBytes);
    own = new Known(new State(free, reserveBytes, isShort), before, nanoClock.getAsLong());
    if (isShort && !wasShort) {
      LOG.warn(
          "node {} has {} bytes free, less than its reserve of {} (disk-reserve-bytes): no records and"
              + " topics are taken where it has a replica until {} are free",
          self,
          free,
          reserveBytes,
          resumeBytes());
    } else if (wasShort && !isShort) {
      LOG.info("node {} has {} bytes free again, and takes records", self, free);
    }
  }

  private long resumeBytes() {
    return reserveBytes + reserveBytes / RESUME_PART;
  }

  /** How this node stands, as of the last look. */
  public State own() {
    return own.state;
  }

  /** To be asked for before another node is asked how it stands. */
  public long mark() {
    return admittedBytes.get() - pendingBytes.getAsLong();
  }

  /** Another node has told how it stands. What it said is forgotten after a few seconds. */
  public void heard(NodeId node, State state, long markBeforeAsking) {
    peers.put(node, new Known(state, markBeforeAsking, nanoClock.getAsLong()));
  }

  /** The first of the nodes that has no room for records; null when all have, or are not known. */
  @Nullable Shortage shortage(Collection<NodeId> nodes) {
    for (NodeId node : nodes) {
      Known known = node.equals(self) ? own : fresh(peers.get(node));
      if (known == null) {
        continue; // one that does not answer writes nothing
      }
      State state = known.state;
      if (state.reserveBytes == 0) {
        continue;
      }
      long since = COPIES * (admittedBytes.get() - known.admittedBefore);
      if (state.isShort || state.freeBytes - since < state.reserveBytes) {
        return new Shortage(node, state);
      }
    }
    return null;
  }

  private @Nullable Known fresh(@Nullable Known known) {
    return known != null && nanoClock.getAsLong() - known.nanos <= PEER_NANOS_MAX ? known : null;
  }

  /** So many bytes are on their way to the disks. */
  void admitted(long bytes) {
    admittedBytes.addAndGet(bytes);
  }
}
