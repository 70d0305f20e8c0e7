package dev.funes.server.grpc;

import com.google.protobuf.ByteString;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.log.Damage;
import dev.funes.log.LogScrub;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.ReadStoredBatchesRequest;
import dev.funes.proto.v1.ReadStoredBatchesResponse;
import dev.funes.proto.v1.ScrubServiceGrpc;
import dev.funes.proto.v1.StartScrubRequest;
import dev.funes.proto.v1.StartScrubResponse;
import dev.funes.replication.Replica;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Begins to look for damage, and helps other nodes to repair theirs. */
final class ScrubService extends ScrubServiceGrpc.ScrubServiceImplBase {
  private static final int ANSWER_MILLIS_MAX = 2_000;
  private static final int BYTES_MAX = 1 << 20;

  private final Replica replica;
  private final Peers peers;
  private final Unary unary;

  ScrubService(Replica replica, Peers peers, Unary unary) {
    this.replica = replica;
    this.peers = peers;
    this.unary = unary;
  }

  @Override
  public void startScrub(StartScrubRequest request, StreamObserver<StartScrubResponse> responses) {
    unary.answer(responses, () -> start(request.getNodeId()));
  }

  private CompletableFuture<StartScrubResponse> start(int asked) {
    List<NodeId> nodes = new ArrayList<>();
    for (NodeEndpoint node : replica.placement().nodes()) {
      if (asked == 0 || node.id().value() == asked) {
        nodes.add(node.id());
      }
    }
    if (nodes.isEmpty()) {
      throw new RequestProblem(
          Errors.invalid("node_id", "node_id must be a node of the cluster, was " + asked));
    }
    List<CompletableFuture<Boolean>> starts = nodes.stream().map(this::start).toList();
    return CompletableFuture.allOf(starts.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            _ -> {
              StartScrubResponse.Builder response = StartScrubResponse.newBuilder();
              for (int i = 0; i < nodes.size(); i++) {
                if (starts.get(i).join()) {
                  response.addNodeIds(nodes.get(i).value());
                } else {
                  response.addUnreachableNodeIds(nodes.get(i).value());
                }
              }
              return response.build();
            });
  }

  private CompletableFuture<Boolean> start(NodeId node) {
    if (node.equals(replica.self())) {
      replica.scrubber().startNow();
      return CompletableFuture.completedFuture(true);
    }
    StartScrubRequest request = StartScrubRequest.newBuilder().setNodeId(node.value()).build();
    return peers
        .<ScrubServiceGrpc.ScrubServiceStub, StartScrubResponse>call(
            node,
            ScrubServiceGrpc::newStub,
            (stub, answer) -> stub.startScrub(request, answer),
            ANSWER_MILLIS_MAX,
            Errors::unavailable)
        .handle((_, failure) -> failure == null);
  }

  @Override
  public void readStoredBatches(
      ReadStoredBatchesRequest request, StreamObserver<ReadStoredBatchesResponse> responses) {
    unary.answer(responses, () -> CompletableFuture.completedFuture(read(request)));
  }

  private ReadStoredBatchesResponse read(ReadStoredBatchesRequest request) {
    if (request.getTopicId() < 0 || request.getPartition() < 0 || request.getOffset() < 0) {
      throw new RequestProblem(
          Errors.invalid("offset", "topic_id, partition and offset must be 0 or more"));
    }
    PartitionId id = new PartitionId(request.getTopicId(), request.getPartition());
    PartitionLog log = replica.log(id);
    if (log == null) {
      throw new RequestProblem(Errors.unavailable("it has no replica of the partition"));
    }
    int bytes = Math.clamp(request.getBytesMax(), 1, BYTES_MAX);
    return switch (new LogScrub(log).stored(request.getOffset(), bytes)) {
      case PartitionLog.Fetch.Batches(long first, ByteBuffer batches, long _)
          when first == request.getOffset() ->
          ReadStoredBatchesResponse.newBuilder().setBatches(ByteString.copyFrom(batches)).build();
      case PartitionLog.Fetch.Batches(long first, ByteBuffer _, long _) ->
          throw new RequestProblem(
              Errors.unavailable("its batch begins at offset " + first + ", not at this one"));
      case PartitionLog.Fetch.AtEnd(long end) -> throw behind(end);
      case PartitionLog.Fetch.BeyondEnd(long end) -> throw behind(end);
      case PartitionLog.Fetch.BelowStart _ ->
          throw new RequestProblem(Errors.unavailable("it has deleted the segment"));
      case PartitionLog.Fetch.Damaged(Damage damage) -> {
        replica.scrubber().suspect(id, log, damage.offset());
        throw new RequestProblem(Errors.damaged(damage));
      }
    };
  }

  private static RequestProblem behind(long end) {
    return new RequestProblem(Errors.unavailable("its replica ends at offset " + end));
  }
}
