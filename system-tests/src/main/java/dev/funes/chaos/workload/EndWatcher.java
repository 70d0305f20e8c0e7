package dev.funes.chaos.workload;

import dev.funes.chaos.history.WorkLog;
import dev.funes.client.NodeAddress;
import dev.funes.client.TopicPartition;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.ListOffsetsResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks one node again and again where partitions end. */
final class EndWatcher extends Client {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int ANSWER_SECONDS_MAX = 5;
  private static final int PARTITIONS_MAX = 6; // in one question

  private final Shared shared;
  private final NodeAddress node;
  private final WorkLog log;
  private final SplittableRandom random;

  EndWatcher(Shared shared, NodeAddress node, String name) {
    super(name);
    this.shared = shared;
    this.node = node;
    this.log = shared.log(name);
    this.random = new SplittableRandom(shared.info.seed() * 41 + node.nodeId());
  }

  @Override
  void run() {
    try (log) {
      while (!isStopped()) {
        ask();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void ask() {
    ListOffsetsRequest.Builder request = ListOffsetsRequest.newBuilder();
    int count = Math.min(PARTITIONS_MAX, shared.partitions.size());
    int first = random.nextInt(shared.partitions.size());
    for (int i = 0; i < count; i++) {
      TopicPartition partition = shared.partitions.get((first + i) % shared.partitions.size());
      request.addPartitions(
          ListOffsetsPartition.newBuilder()
              .setTopic(partition.topic())
              .setPartition(partition.partition())
              .setLatest(true));
    }
    long invoked = log.now();
    try {
      shared.channels.hurry(node);
      ListOffsetsResponse response =
          LogServiceGrpc.newBlockingStub(shared.channels.to(node))
              .withDeadlineAfter(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)
              .listOffsets(request.build());
      response
          .getOffsetsList()
          .forEach(
              listed -> {
                Integer part =
                    shared.numbers.get(
                        new TopicPartition(listed.getTopic(), listed.getPartition()));
                if (part != null && listed.hasOffset()) {
                  log.end(invoked, node.nodeId(), part, listed.getOffset());
                }
              });
    } catch (StatusRuntimeException e) {
      LockSupport.parkNanos(PAUSE_NANOS); // it said nothing
    }
  }

  @Override
  void failed(Exception why) {
    log.close();
  }
}
