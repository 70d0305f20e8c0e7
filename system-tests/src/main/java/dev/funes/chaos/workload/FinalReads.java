package dev.funes.chaos.workload;

import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.NodeAddress;
import dev.funes.client.PartitionDescription;
import dev.funes.client.TopicPartition;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The last reading of a run: everything, from every replica, and the files of stopped nodes. */
public final class FinalReads {
  private static final int TRIES_MAX = 30;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

  private final RunInfo info;
  private final WorkLog log;
  private final Channels channels;
  private final Duration patience;

  private FinalReads(RunInfo info, WorkLog log, Channels channels, Duration patience) {
    this.info = info;
    this.log = log;
    this.channels = channels;
    this.patience = patience;
  }

  /**
   * Reads every partition from the start from each node that has a replica of it, from that alone,
   * and notes records and digests. All nodes run and are quiescent. What cannot be read turns the
   * run red.
   *
   * @param patience for each replica: one that lacks entries may answer nothing
   */
  public static void fromNodes(
      List<NodeAddress> nodes, Duration patience, RunInfo info, Path dir, RunClock clock) {
    ClientConfig config =
        ClientConfig.builder()
            .servers(nodes.stream().map(NodeAddress::server).toList())
            .requestTimeout(ADMIN_TIMEOUT)
            .build();
    try (WorkLog log = WorkLog.open(dir, "final", clock);
        Channels channels = new Channels();
        Admin admin = Admin.open(config)) {
      FinalReads reads = new FinalReads(info, log, channels, patience);
      Map<TopicPartition, Integer> numbers = info.numbers();
      for (RunInfo.TopicPlan topic : info.topics()) {
        for (PartitionDescription partition : admin.describeTopic(topic.name()).partitions()) {
          TopicPartition name = new TopicPartition(topic.name(), partition.partition());
          Integer part = numbers.get(name);
          if (part != null) {
            partition.replicas().forEach(node -> reads.replica(node, name, part));
          }
        }
      }
    }
  }

  /**
   * Checks the data directories of stopped nodes with {@code funes verify}, and notes what it says.
   *
   * <p>What they hold is noted, too, to compare it between the nodes.
   *
   * @param funes the launcher
   * @param data by node id
   */
  public static void fromFiles(
      Path funes, Map<Integer, Path> data, RunInfo info, Path dir, RunClock clock) {
    Map<TopicPartition, Integer> numbers = info.numbers();
    try (WorkLog log = WorkLog.open(dir, "files", clock)) {
      data.forEach((node, directory) -> OfflineFiles.verify(funes, node, directory, numbers, log));
    }
  }

  private void replica(NodeAddress node, TopicPartition partition, int part) {
    String problem = "";
    long until = System.nanoTime() + patience.toNanos();
    for (int i = 0; i < TRIES_MAX && System.nanoTime() < until; i++) {
      problem = read(node, partition, part, 0, until);
      if (problem.isEmpty()) {
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    log.red("%s cannot be read from %s at the end: %s".formatted(partition, node, problem));
  }

  /**
   * @param until {@link System#nanoTime}
   * @return empty when all of it was read
   */
  private String read(
      NodeAddress node, TopicPartition partition, int part, long fromOffset, long until) {
    FetchRequest request =
        FetchRequest.newBuilder()
            .setForwarded(true) // from its own replica
            .addPartitions(
                FetchPartition.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(fromOffset))
            .build();
    Digest digest = new Digest();
    long next = fromOffset;
    long begun = log.now();
    try {
      channels.hurry(node);
      Iterator<FetchResponse> responses =
          LogServiceGrpc.newBlockingStub(channels.to(node))
              .withDeadlineAfter(until - System.nanoTime(), TimeUnit.NANOSECONDS)
              .fetch(request);
      while (responses.hasNext()) {
        FetchResponse response = responses.next();
        switch (response.getOutcomeCase()) {
          case BATCHES -> {
            ReadNote note = new ReadNote(info.runId(), part, next);
            BatchReading.note(response.getBatches().asReadOnlyByteBuffer(), note, digest::update);
            next = note.nextOffset();
            log.read(note.done(log.process(), begun, Op.Reader.FINAL, node.nodeId(), "", -1));
          }
          case END_REACHED -> {
            if (next == fromOffset) {
              // An empty one was read, too.
              log.read(
                  new ReadNote(info.runId(), part, fromOffset)
                      .done(log.process(), begun, Op.Reader.FINAL, node.nodeId(), "", -1));
            }
            log.replica(digest.fetched(node.nodeId(), part, response.getLogStartOffset(), next));
            return "";
          }
          case OUT_OF_RANGE -> {
            long start = response.getLogStartOffset();
            return start > fromOffset
                ? read(node, partition, part, start, until) // retention has taken what was before
                : "offset %d is out of range, and the log begins at %d"
                    .formatted(fromOffset, start);
          }
          default -> {
            return response.getOutcomeCase() + " " + response.getError().getMessage();
          }
        }
      }
      return "the stream ended early";
    } catch (StatusRuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
