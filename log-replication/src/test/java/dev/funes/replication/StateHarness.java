package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.log.PartitionLog;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One replica's state of a data raft group, with a clock and a checkpoint thread that do as they
 * are told. The Raft log is the list of entries: index i holds entry i.
 */
final class StateHarness {

  private final Path directory;
  private final long checkpointBytes;
  final Deque<Runnable> background = new ArrayDeque<>();
  final List<String> fatal = new ArrayList<>();
  final AtomicLong nowMillis = new AtomicLong(5_000_000);
  DataGroupState state;

  StateHarness(Path directory, long checkpointBytes) throws IOException {
    this.directory = directory;
    this.checkpointBytes = checkpointBytes;
    this.state = open();
  }

  private DataGroupState open() throws IOException {
    InstantSource clock = () -> java.time.Instant.ofEpochMilli(nowMillis.get());
    return DataGroupState.restore(
        new RaftGroupId(1),
        directory,
        new DataGroupState.Context(
            ReplicaLimits.DEFAULTS.withCheckpoints(checkpointBytes, Long.MAX_VALUE / 2),
            clock,
            background::add,
            (message, _) -> fatal.add(message),
            2,
            () -> false,
            new CatchUp(1L << 30, (message, _) -> fatal.add(message), () -> false)),
        _ -> {});
  }

  Reply apply(int index, Entry entry) throws IOException {
    ByteBuffer reply = state.apply(3, index, entry.encode().asReadOnlyBuffer());
    return Reply.decode(reply);
  }

  /** Checkpoints that are on their way come to nothing, and what was not forced may be there. */
  void crash() throws IOException {
    background.clear();
    state.abandon();
    state = open();
  }

  void closeAndReopen() throws IOException {
    state.close();
    background.clear();
    state = open();
  }

  void finishCheckpoints() {
    while (!background.isEmpty()) {
      background.removeFirst().run();
    }
  }

  /** Index of the first entry that Raft would apply after a restart. */
  int resumesAt() {
    TermIndexed latest = state.latestCheckpoint();
    return (int) latest.index() + 1;
  }

  /** Everything that has to be the same on every replica. */
  Map<String, String> fingerprint() {
    Map<String, String> prints = new TreeMap<>();
    Collection<Partitions.Partition> all = state.partitions().all();
    for (Partitions.Partition each : all) {
      PartitionLog log = each.log();
      prints.put(
          each.topicName() + " " + each.id(),
          log.logStartOffset() + " to " + log.endOffset() + " " + log.digest());
    }
    prints.put("keyed", state.keyed().digest().hex());
    return prints;
  }

  PartitionLog log(PartitionId id) {
    PartitionLog log = state.partitions().log(id);
    if (log == null) {
      throw new AssertionError("no partition " + id);
    }
    return log;
  }
}
