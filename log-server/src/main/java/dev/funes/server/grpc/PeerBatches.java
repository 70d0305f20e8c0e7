package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.log.BatchSource;
import dev.funes.proto.v1.ReadStoredBatchesRequest;
import dev.funes.proto.v1.ReadStoredBatchesResponse;
import dev.funes.proto.v1.ScrubServiceGrpc;
import dev.funes.replication.Replica;
import dev.funes.replication.ReplicaBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Gets batches that are damaged here from the nodes with other replicas, whichever has them. */
final class PeerBatches implements ReplicaBatches {
  private static final int BYTES_MAX = 1 << 20;

  private final Replica replica;
  private final Peers peers;

  PeerBatches(Replica replica, Peers peers) {
    this.replica = replica;
    this.peers = peers;
  }

  @Override
  public BatchSource of(PartitionId partition) {
    return offset -> read(partition, offset);
  }

  private ByteBuffer read(PartitionId partition, long offset)
      throws IOException, InterruptedException {
    List<NodeId> others =
        new ArrayList<>(replica.placement().replicas(replica.placement().raftGroupOf(partition)));
    others.remove(replica.self());
    if (others.isEmpty()) {
      throw new IOException(
          "there is no other replica: with a replication factor of 1 nothing can be repaired");
    }
    Collections.shuffle(others);
    List<String> problems = new ArrayList<>();
    for (NodeId node : others) {
      ByteBuffer batches = ask(node, partition, offset, problems);
      if (batches != null) {
        return batches;
      }
    }
    throw new IOException(String.join("; ", problems));
  }

  private @Nullable ByteBuffer ask(
      NodeId node, PartitionId partition, long offset, List<String> problems)
      throws InterruptedException {
    ReadStoredBatchesRequest request =
        ReadStoredBatchesRequest.newBuilder()
            .setTopicId(partition.topicId())
            .setPartition(partition.partition())
            .setOffset(offset)
            .setBytesMax(BYTES_MAX)
            .build();
    try {
      return peers
          .<ScrubServiceGrpc.ScrubServiceStub, ReadStoredBatchesResponse>read(
              node,
              ScrubServiceGrpc::newStub,
              (stub, answer) -> stub.readStoredBatches(request, answer))
          .get()
          .getBatches()
          .asReadOnlyByteBuffer();
    } catch (ExecutionException | RequestProblem e) {
      problems.add("node " + node + ": " + ErrorMapping.error(e).getMessage());
      return null;
    }
  }
}
