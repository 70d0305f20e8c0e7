package dev.funes.raft;

import dev.funes.cluster.NodeEndpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Every setting of Ratis that is not its default, and the reason for it. */
final class RatisSettings {

  /**
   * Greatest entry of a Raft log, and greatest batch of entries on the wire. The greatest record
   * batch of 4 MiB must fit, with room for the other fields of its entry.
   */
  static final int ENTRY_BYTES_MAX = 5 << 20;

  /** Greatest message between nodes. */
  static final int MESSAGE_BYTES_MAX = ENTRY_BYTES_MAX + (2 << 20);

  /** Batches of entries that are on their way to one follower. */
  static final int OUTSTANDING_APPENDS_MAX = 4;

  private static final int PENDING_BYTES_MAX = 64 << 20;
  private static final int PENDING_ENTRIES_MAX = 4_096;
  private static final int QUEUED_BYTES_MAX = 24 << 20;

  private RatisSettings() {}

  /**
   * @param hasPeers false when every raft group of this node has its only replica here
   */
  static RaftProperties properties(RaftSettings settings, NodeEndpoint self, boolean hasPeers) {
    RaftProperties properties = new RaftProperties();
    storage(properties, settings);
    log(properties, settings);
    elections(properties, settings, hasPeers);
    membership(properties);
    requests(properties);
    transport(properties, self);
    threads(properties);
    return properties;
  }

  /** Where Ratis looks for raft groups, now and when a raft group is added. */
  static void storageDirectory(RaftProperties properties, Path directory) {
    RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
  }

  private static void storage(RaftProperties properties, RaftSettings settings) {
    // The default is under /tmp.
    RaftServerConfigKeys.setRemovedGroupsDir(
        properties, settings.directory().resolve("removed").toFile());
    RaftServerConfigKeys.setStorageFreeSpaceMin(
        properties, SizeInBytes.valueOf(settings.freeBytesMin()));
    // A damaged Raft log must not be shortened behind our back: the node would forget entries that
    // it has acknowledged. Only a torn tail may be cut, by RaftLogTail, before Ratis looks.
    Log.setCorruptionPolicy(properties, CorruptionPolicy.EXCEPTION);
    // What may be purged is decided by RaftGroupState.takeCheckpoint and asked for by us.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
    // We ask for whole files, one after the other; the default of 1,024 entries of up to 1 MiB
    // would keep 1 GiB too much.
    Log.setPurgeGap(properties, 1);
    // Ratis would copy all files of a checkpoint; we are told instead and decide ourselves.
    Log.Appender.setInstallSnapshotEnabled(properties, false);
  }

  private static void log(RaftProperties properties, RaftSettings settings) {
    // An acknowledged entry is on the disks of a quorum: neither of the two ways round the force.
    Log.setUnsafeFlushEnabled(properties, false);
    Log.setAsyncFlushEnabled(properties, false);
    // An entry of its own after each commit: twice the entries and forces when little is written.
    // The price is that a restarted node learns the commit index only from a leader.
    Log.setLogMetadataEnabled(properties, false);
    // Followers lose a third of their throughput to it.
    Log.setAppendEntriesComposeEnabled(properties, false);
    // One force for everything that queued up meanwhile, also when entries are small.
    Log.setForceSyncNum(properties, 1_024);
    // Each entry stays on the heap until its file is closed and evicted, and eviction is looked at
    // only when a file is closed: so the open file and the one before it, times the raft groups.
    // Small files and no closed file by choice bound that; a follower that lags makes its leader
    // read a file back.
    Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(settings.segmentBytes()));
    Log.setSegmentCacheNumMax(properties, 0);
    Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(2L * settings.segmentBytes()));
    // Direct memory, once for each raft group; Ratis demands the greatest entry and 8 bytes, and
    // our BufferedWriteChannel (ADR 32) whole blocks and the one in which the file ended.
    Log.setWriteBufferSize(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + (64L << 10)));
    Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX));
    // Batching is done before Ratis; waiting between two sends would only add latency.
    Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
    // A node that was away for long is looked for twice a second, for as long as it takes. The
    // default is up to 7.5 s, in which its leader could not commit with it.
    Log.Appender.setRetryPolicy(properties, "1ms,10, 500ms," + Integer.MAX_VALUE);
    // A full queue blocks everyone under the lock of the raft group. On a leader it does not fill:
    // the batcher above has a few entries in flight. On a follower that catches up it is what
    // bounds the memory, once for each raft group, when the network is quicker than the disk.
    Log.setQueueByteLimit(properties, SizeInBytes.valueOf(QUEUED_BYTES_MAX));
    Log.setQueueElementLimit(properties, 2 * PENDING_ENTRIES_MAX);
  }

  private static void elections(
      RaftProperties properties, RaftSettings settings, boolean hasPeers) {
    // The defaults of 150 to 300 ms turn a slow force or a collector's pause into an election.
    Rpc.setTimeoutMin(properties, millis(settings.electionMillisMin()));
    Rpc.setTimeoutMax(properties, millis(settings.electionMillisMax()));
    // Nobody can have voted for another leader yet, so the first election need not wait long, and
    // not at all where nobody else has a vote.
    Rpc.setFirstElectionTimeoutMin(
        properties, millis(hasPeers ? settings.electionMillisMin() / 5 : 1));
    Rpc.setFirstElectionTimeoutMax(
        properties, millis(hasPeers ? settings.electionMillisMax() / 4 : 2));
    // Each append keeps a timer that long; a short one sends the same megabytes again.
    Rpc.setRequestTimeout(properties, millis(10_000));
    // After a long pause of the JVM Ratis would close its server and leave the process running.
    // The watchdog ends the process, after a shorter pause already.
    RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(300, TimeUnit.SECONDS));
  }

  private static void membership(RaftProperties properties) {
    // A new voter counts in every commit from the moment it is one, so it should be nearly there:
    // an entry may have a mebibyte, and the default of 1,000 of them would be a pause of seconds.
    RaftServerConfigKeys.setStagingCatchupGap(properties, 64);
    // How long a new voter may be silent before it is given up. While it is waited for, no other
    // change is possible; but a node that takes over a checkpoint answers slowly.
    RaftServerConfigKeys.setStagingTimeout(properties, millis(15_000));
  }

  private static void requests(RaftProperties properties) {
    // Beyond these a command is refused at once. The batcher above keeps far below.
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(PENDING_BYTES_MAX));
    RaftServerConfigKeys.Write.setElementLimit(properties, PENDING_ENTRIES_MAX);
    // A duplicate is found by producer id and sequence, in the replicated state. The cache would
    // keep every reply for a minute, on every replica, and knows nothing after a restart.
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.ZERO);
    // A read barrier asks a majority. A lease would trust the clocks.
    Read.setOption(properties, Read.Option.LINEARIZABLE);
    Read.setLeaderLeaseEnabled(properties, false);
    Read.setTimeout(properties, millis(10_000));
  }

  private static void transport(RaftProperties properties, NodeEndpoint self) {
    RaftConfigKeys.Rpc.setType(properties, new RaftRpc());
    // The port takes commands from anyone who reaches it: listen where the cluster is, no wider.
    GrpcConfigKeys.Server.setHost(properties, self.host());
    GrpcConfigKeys.Server.setPort(properties, self.raftPort());
    // Ratis demands the greatest batch of entries and 1 MiB.
    GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(MESSAGE_BYTES_MAX));
    // With the default of 1 MiB the sender of a large entry sleeps and looks, again and again.
    GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf(8L << 20));
    // A heartbeat must not wait behind megabytes of entries, or load looks like a dead leader.
    GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
    // To a follower that catches up each of them is full, and is on the heap of both.
    GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, OUTSTANDING_APPENDS_MAX);
    // "Cached" with a size is a pool that never has more than one thread.
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(properties, false);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 4);
  }

  private static void threads(RaftProperties properties) {
    // For each raft group; see above for "cached".
    RaftServerConfigKeys.ThreadPool.setServerCached(properties, false);
    RaftServerConfigKeys.ThreadPool.setServerSize(properties, 4);
    // Stays empty: commands go to the raft group on the caller's thread.
    RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
    RaftServerConfigKeys.ThreadPool.setClientSize(properties, 0);
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }
}
