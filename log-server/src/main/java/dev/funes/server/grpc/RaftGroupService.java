package dev.funes.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.proto.v1.CheckpointFile;
import dev.funes.proto.v1.DescribeCheckpointRequest;
import dev.funes.proto.v1.DescribeCheckpointResponse;
import dev.funes.proto.v1.DescribeReplicaRequest;
import dev.funes.proto.v1.DescribeReplicaResponse;
import dev.funes.proto.v1.ForgetReplicaRequest;
import dev.funes.proto.v1.ForgetReplicaResponse;
import dev.funes.proto.v1.RaftGroupServiceGrpc;
import dev.funes.proto.v1.ReadCheckpointFileRequest;
import dev.funes.proto.v1.ReadCheckpointFileResponse;
import dev.funes.replication.CheckpointListing;
import dev.funes.replication.CheckpointReader;
import dev.funes.replication.ForgetOutcome;
import dev.funes.replication.Replica;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What other nodes ask of this one about the replicas of raft groups. */
final class RaftGroupService extends RaftGroupServiceGrpc.RaftGroupServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(RaftGroupService.class);

  /** Few enough calls for each byte, and little memory for each reader. */
  private static final int PIECE_BYTES = 256 << 10;

  private final Replica replica;
  private final Unary unary;
  private final Executor blocking;

  /**
   * @param blocking for calls that wait for the disk, or for the caller to take what was read
   */
  RaftGroupService(Replica replica, Unary unary, Executor blocking) {
    this.replica = replica;
    this.unary = unary;
    this.blocking = blocking;
  }

  @Override
  public void forgetReplica(
      ForgetReplicaRequest request, StreamObserver<ForgetReplicaResponse> responses) {
    unary.answer(responses, () -> forget(request));
  }

  private CompletableFuture<ForgetReplicaResponse> forget(ForgetReplicaRequest request) {
    if (request.getRaftGroup() < 0
        || request.getRaftGroup() > replica.placement().dataRaftGroupCount()) {
      throw new RequestProblem(
          Errors.invalid(
              "raft_group",
              "raft_group must be 0 to %d, was %d"
                  .formatted(replica.placement().dataRaftGroupCount(), request.getRaftGroup())));
    }
    if (request.getNodeId() < 1) {
      throw new RequestProblem(
          Errors.invalid("node_id", "node_id must be 1 or more, was " + request.getNodeId()));
    }
    return replica
        .forget(
            new RaftGroupId(request.getRaftGroup()),
            new NodeId(request.getNodeId()),
            request.getOnlyAsk())
        .thenApply(
            outcome ->
                switch (outcome) {
                  case ForgetOutcome.Forgotten() ->
                      ForgetReplicaResponse.newBuilder().setForgotten(true).build();
                  case ForgetOutcome.NotYet(String why) ->
                      ForgetReplicaResponse.newBuilder().setWhyNot(why).build();
                  case ForgetOutcome.NotLeader(var leader) ->
                      ForgetReplicaResponse.newBuilder()
                          .setLeaderId(leader == null ? 0 : leader.value())
                          .build();
                });
  }

  @Override
  public void describeReplica(
      DescribeReplicaRequest request, StreamObserver<DescribeReplicaResponse> responses) {
    unary.answer(
        responses,
        () ->
            CompletableFuture.completedFuture(
                DescribeReplicaResponse.newBuilder()
                    .setAppliedIndex(appliedIndex(raftGroup(request.getRaftGroup())))
                    .build()));
  }

  private long appliedIndex(RaftGroupId id) {
    if (!replica.isHere(id)) {
      throw new RequestProblem(
          Errors.unavailable("raft group " + id + " has no replica on this node"));
    }
    return replica.status(id).appliedIndex();
  }

  @Override
  public void describeCheckpoint(
      DescribeCheckpointRequest request, StreamObserver<DescribeCheckpointResponse> responses) {
    unary.answer(
        responses,
        () -> CompletableFuture.supplyAsync(() -> describe(request.getRaftGroup()), blocking));
  }

  private DescribeCheckpointResponse describe(int raftGroup) {
    CheckpointListing listing;
    try {
      listing = replica.checkpoint(raftGroup(raftGroup));
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (listing == null) {
      return DescribeCheckpointResponse.getDefaultInstance();
    }
    DescribeCheckpointResponse.Builder response =
        DescribeCheckpointResponse.newBuilder()
            .setTerm(listing.term())
            .setIndex(listing.index())
            .setManifest(ByteString.copyFrom(listing.manifest().duplicate()));
    listing
        .files()
        .forEach(
            file ->
                response.addFiles(
                    CheckpointFile.newBuilder()
                        .setName(file.name())
                        .setSizeBytes(file.sizeBytes())
                        .setCrc32C(file.crc32c())));
    return response.build();
  }

  @Override
  public void readCheckpointFile(
      ReadCheckpointFileRequest request, StreamObserver<ReadCheckpointFileResponse> responses) {
    Taker taker = new Taker((ServerCallStreamObserver<ReadCheckpointFileResponse>) responses);
    blocking.execute(() -> send(request, taker));
  }

  private void send(ReadCheckpointFileRequest request, Taker taker) {
    try (CheckpointReader reader =
        replica.openCheckpoint(
            raftGroup(request.getRaftGroup()),
            request.getIndex(),
            request.getName(),
            request.getPosition())) {
      ByteBuffer bytes = reader.next(PIECE_BYTES);
      while (bytes != null && taker.take(bytes)) {
        bytes = reader.next(PIECE_BYTES);
      }
      if (bytes == null) {
        taker.responses.onCompleted();
      }
    } catch (IOException e) {
      taker.responses.onError(ErrorMapping.status(unreadable(e).error()));
    } catch (RequestProblem e) {
      taker.responses.onError(ErrorMapping.status(e.error()));
    } catch (InterruptedException e) {
      LOG.debug("this node stops while it sends a checkpoint", e);
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      taker.responses.onError(ErrorMapping.status(ErrorMapping.error(e)));
    }
  }

  private static RaftGroupId raftGroup(int number) {
    if (number < 0) {
      throw new RequestProblem(
          Errors.invalid("raft_group", "raft_group must be 0 or more, was " + number));
    }
    return new RaftGroupId(number);
  }

  private static RequestProblem unreadable(IOException e) {
    return new RequestProblem(
        Errors.unavailable("the checkpoint cannot be read: " + e.getMessage()));
  }

  /** Gives the caller no more than it takes. */
  private static final class Taker {
    private final ServerCallStreamObserver<ReadCheckpointFileResponse> responses;

    Taker(ServerCallStreamObserver<ReadCheckpointFileResponse> responses) {
      this.responses = responses;
      responses.setOnReadyHandler(this::changed);
      responses.setOnCancelHandler(this::changed);
    }

    private synchronized void changed() {
      notifyAll();
    }

    /** False when the caller has left. */
    boolean take(ByteBuffer bytes) throws InterruptedException {
      synchronized (this) {
        while (!responses.isReady() && !responses.isCancelled()) {
          wait();
        }
      }
      if (responses.isCancelled()) {
        return false;
      }
      responses.onNext(
          ReadCheckpointFileResponse.newBuilder()
              .setData(UnsafeByteOperations.unsafeWrap(bytes))
              .build());
      return true;
    }
  }
}
