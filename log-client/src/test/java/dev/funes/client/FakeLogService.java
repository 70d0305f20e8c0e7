package dev.funes.client;

import com.google.protobuf.UnsafeByteOperations;
import dev.funes.proto.v1.AllocateProducerIdRequest;
import dev.funes.proto.v1.AllocateProducerIdResponse;
import dev.funes.proto.v1.Appended;
import dev.funes.proto.v1.EndReached;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.ListOffsetsResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.OffsetOutOfRange;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.record.RecordBatch;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

final class FakeLogService extends LogServiceGrpc.LogServiceImplBase {
  private final FakeCluster cluster;
  private final Supplier<FakeNode> self;

  FakeLogService(FakeCluster cluster, Supplier<FakeNode> self) {
    this.cluster = cluster;
    this.self = self;
  }

  @Override
  public StreamObserver<ProduceRequest> produce(StreamObserver<ProduceResponse> responses) {
    return new Produce(responses);
  }

  private final class Produce implements StreamObserver<ProduceRequest> {
    private final StreamObserver<ProduceResponse> responses;
    private boolean broken;

    Produce(StreamObserver<ProduceResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(ProduceRequest request) {
      self.get().produceRequests.incrementAndGet();
      FakePartition partition = cluster.partition(request.getTopic(), request.getPartition());
      if (broken) {
        return;
      }
      if (cluster.isCutOff(self.get())) {
        responses.onNext(
            ProduceResponse.newBuilder()
                .setCorrelationId(request.getCorrelationId())
                .setError(error(ErrorCode.UNAVAILABLE, "no leader is known at the moment"))
                .build());
        return;
      }
      if (partition == null) {
        answer(request, error(ErrorCode.UNKNOWN_TOPIC, "there is no topic"));
        return;
      }
      ByteBuffer batch = ByteBuffer.wrap(request.getBatch().toByteArray());
      long expected = request.hasExpectedOffset() ? request.getExpectedOffset() : -1;
      switch (cluster.faults.apply(request)) {
        case NONE -> answer(request, partition.append(batch, expected));
        case BUSY -> answer(request, error(ErrorCode.RETRY, "busy"));
        case WRITTEN_UNKNOWN -> {
          partition.append(batch, expected);
          answer(request, error(ErrorCode.UNKNOWN_OUTCOME, "the leader moved"));
        }
        case DROPPED_UNKNOWN ->
            answer(request, error(ErrorCode.UNKNOWN_OUTCOME, "the leader moved"));
        case WRITTEN_BREAK -> {
          partition.append(batch, expected);
          breakStream();
        }
        case BREAK -> breakStream();
        case NOT_LEADER -> {
          cluster.moveLeader();
          answer(
              request,
              Error.newBuilder()
                  .setCode(ErrorCode.NOT_LEADER)
                  .setMessage("not the leader")
                  .setLeader(cluster.leader().proto())
                  .build());
        }
        case WRITTEN_SILENCE -> partition.append(batch, expected);
        case CORRUPT -> answer(request, error(ErrorCode.CORRUPT_BATCH, "refused by the test"));
        case FORGET_PRODUCER -> {
          partition.forgetProducers();
          answer(request, partition.append(batch, expected));
        }
      }
    }

    private void breakStream() {
      broken = true;
      responses.onError(Status.UNAVAILABLE.withDescription("broken by the test").asException());
    }

    private void answer(ProduceRequest request, Object outcome) {
      ProduceResponse.Builder response =
          ProduceResponse.newBuilder().setCorrelationId(request.getCorrelationId());
      if (!self.get().equals(cluster.leader())) {
        response.setLeader(cluster.leader().proto());
      }
      if (outcome instanceof Appended appended) {
        response.setAppended(appended);
      } else {
        response.setError((Error) outcome);
      }
      responses.onNext(response.build());
    }

    private static Error error(ErrorCode code, String message) {
      return Error.newBuilder().setCode(code).setMessage(message).build();
    }

    @Override
    public void onError(Throwable failure) {
      broken = true;
    }

    @Override
    public void onCompleted() {
      if (!broken) {
        responses.onCompleted();
      }
    }
  }

  @Override
  public void fetch(FetchRequest request, StreamObserver<FetchResponse> responses) {
    cluster.fetchesStarted.incrementAndGet();
    self.get().fetches.incrementAndGet();
    Thread sender =
        new Thread(() -> send(request, (ServerCallStreamObserver<FetchResponse>) responses));
    sender.setDaemon(true);
    sender.start();
  }

  // One batch a response, round robin; waits for credit and for more to come by looking again.
  @SuppressWarnings({"BusyWait", "ThreadPriorityCheck"}) // A fake; the tests' waits are bounded.
  private void send(FetchRequest request, ServerCallStreamObserver<FetchResponse> responses) {
    int count = request.getPartitionsCount();
    long[] offsets =
        request.getPartitionsList().stream().mapToLong(FetchPartition::getOffset).toArray();
    boolean[] done = new boolean[count];
    int sent = 0;
    int open = count;
    while (open > 0 && !responses.isCancelled()) {
      for (int i = 0; i < count && !responses.isCancelled(); i++) {
        while (!responses.isReady() && !responses.isCancelled()) {
          Thread.onSpinWait();
          Thread.yield();
        }
        FetchResponse response = done[i] ? null : next(request, i, offsets);
        if (response == null) {
          continue;
        }
        responses.onNext(response);
        cluster.responsesSent.incrementAndGet();
        if (response.getOutcomeCase() != FetchResponse.OutcomeCase.BATCHES) {
          done[i] = true;
          open--;
        }
        if (++sent == cluster.breakFetchAfter) {
          responses.onError(Status.UNAVAILABLE.withDescription("broken by the test").asException());
          return;
        }
      }
      Thread.yield();
    }
    if (!responses.isCancelled()) {
      responses.onCompleted();
    }
  }

  private @Nullable FetchResponse next(FetchRequest request, int index, long[] offsets) {
    FetchPartition asked = request.getPartitions(index);
    FetchResponse.Builder response =
        FetchResponse.newBuilder().setTopic(asked.getTopic()).setPartition(asked.getPartition());
    FakePartition partition = cluster.partition(asked.getTopic(), asked.getPartition());
    if (partition == null) {
      return response
          .setError(Error.newBuilder().setCode(ErrorCode.UNKNOWN_TOPIC).setMessage("no topic"))
          .build();
    }
    long end = Math.max(0, partition.endOffset() - cluster.replicaLag);
    response.setLogStartOffset(partition.startOffset()).setEndOffset(end);
    if (offsets[index] < partition.startOffset() || offsets[index] > end) {
      return response
          .setOutOfRange(OffsetOutOfRange.newBuilder().setRequestedOffset(offsets[index]))
          .build();
    }
    long until = asked.hasUntilOffset() ? Math.min(end, asked.getUntilOffset()) : end;
    if (!request.getFollow() && offsets[index] >= until) {
      return response.setEndReached(EndReached.newBuilder().setNextOffset(offsets[index])).build();
    }
    ByteBuffer batch = offsets[index] < end ? partition.batchAt(offsets[index]) : null;
    if (batch == null) {
      return null;
    }
    offsets[index] = RecordBatch.at(batch, 0).nextOffset();
    return response.setBatches(UnsafeByteOperations.unsafeWrap(batch)).build();
  }

  @Override
  public void listOffsets(
      ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> responses) {
    ListOffsetsResponse.Builder response = ListOffsetsResponse.newBuilder();
    for (ListOffsetsPartition asked : request.getPartitionsList()) {
      var listed =
          response
              .addOffsetsBuilder()
              .setTopic(asked.getTopic())
              .setPartition(asked.getPartition());
      FakePartition partition = cluster.partition(asked.getTopic(), asked.getPartition());
      if (partition == null) {
        listed.setError(Error.newBuilder().setCode(ErrorCode.UNKNOWN_TOPIC).setMessage("no topic"));
        continue;
      }
      switch (asked.getPositionCase()) {
        case EARLIEST -> listed.setOffset(partition.startOffset());
        case LATEST -> listed.setOffset(partition.endOffset());
        case TIMESTAMP_MILLIS -> listed.setOffset(partition.offsetAt(asked.getTimestampMillis()));
        case OFFSET, POSITION_NOT_SET -> throw new AssertionError("not asked for");
      }
    }
    responses.onNext(response.build());
    responses.onCompleted();
  }

  @Override
  public void allocateProducerId(
      AllocateProducerIdRequest request, StreamObserver<AllocateProducerIdResponse> responses) {
    responses.onNext(
        AllocateProducerIdResponse.newBuilder()
            .setProducerId(cluster.lastProducerId.incrementAndGet())
            .build());
    responses.onCompleted();
  }
}
