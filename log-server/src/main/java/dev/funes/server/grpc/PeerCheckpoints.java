package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.DescribeCheckpointRequest;
import dev.funes.proto.v1.DescribeCheckpointResponse;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.RaftGroupServiceGrpc;
import dev.funes.proto.v1.ReadCheckpointFileRequest;
import dev.funes.proto.v1.ReadCheckpointFileResponse;
import dev.funes.replication.CheckpointFile;
import dev.funes.replication.CheckpointListing;
import dev.funes.replication.RemoteCheckpoints;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The checkpoints of other nodes, over their API. Calls block; any thread but gRPC's. */
final class PeerCheckpoints implements RemoteCheckpoints {
  /** The other node reads all files of the keyed state for it. */
  private static final int DESCRIBE_MILLIS_MAX = 300_000;

  private final Peers peers;

  PeerCheckpoints(Peers peers) {
    this.peers = peers;
  }

  @Override
  public @Nullable CheckpointListing describe(NodeId node, RaftGroupId group) throws IOException {
    DescribeCheckpointResponse response;
    try {
      response =
          RaftGroupServiceGrpc.newBlockingStub(peers.channel(node))
              .withDeadlineAfter(DESCRIBE_MILLIS_MAX, TimeUnit.MILLISECONDS)
              .describeCheckpoint(
                  DescribeCheckpointRequest.newBuilder().setRaftGroup(group.value()).build());
    } catch (StatusRuntimeException | RequestProblem | IllegalArgumentException e) {
      throw failure(node, e);
    }
    if (response.getManifest().isEmpty()) {
      return null;
    }
    return new CheckpointListing(
        response.getTerm(),
        response.getIndex(),
        response.getManifest().asReadOnlyByteBuffer(),
        response.getFilesList().stream()
            .map(file -> new CheckpointFile(file.getName(), file.getSizeBytes(), file.getCrc32C()))
            .toList());
  }

  @Override
  public void read(
      NodeId node, RaftGroupId group, long index, String name, long position, Sink sink)
      throws IOException {
    ReadCheckpointFileRequest request =
        ReadCheckpointFileRequest.newBuilder()
            .setRaftGroup(group.value())
            .setIndex(index)
            .setName(name)
            .setPosition(position)
            .build();
    Context.CancellableContext call = Context.current().withCancellation();
    Context former = call.attach();
    try {
      Iterator<ReadCheckpointFileResponse> pieces =
          RaftGroupServiceGrpc.newBlockingStub(peers.channel(node)).readCheckpointFile(request);
      while (pieces.hasNext()) {
        sink.accept(pieces.next().getData().asReadOnlyByteBuffer());
      }
    } catch (StatusRuntimeException | RequestProblem | IllegalArgumentException e) {
      throw failure(node, e);
    } finally {
      call.detach(former);
      call.cancel(null); // whoever has no use for the rest does not get it
    }
  }

  private static IOException failure(NodeId node, RuntimeException e) {
    Error carried = e instanceof RequestProblem problem ? problem.error() : ErrorMapping.detail(e);
    String why = carried == null ? e.getMessage() : carried.getMessage();
    return new IOException("node " + node + ": " + why, e);
  }
}
