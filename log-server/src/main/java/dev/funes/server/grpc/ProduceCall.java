package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.record.BatchValidator.Validation;
import dev.funes.replication.Command;
import dev.funes.replication.Outcome;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One Produce stream. Requests are taken one at a time and handed on in their order, so batches of
 * a partition keep it; answers go out as they come. The next request is asked for when the one
 * before has been handed on, the connection has room, and the client takes its answers.
 *
 * <p>gRPC calls the observer methods one at a time, on the event loop of the connection; answers
 * come on any thread. Nothing here may block: each thread that a request does not pass through
 * saves a few tenths of a millisecond.
 */
final class ProduceCall implements StreamObserver<ProduceRequest> {
  /** What a request costs besides its bytes, about: many small ones are not free. */
  private static final int REQUEST_BYTES = 1 << 10;

  /** How often it is looked whether the node that was asked leads still. */
  private static final int LOOK_MILLIS = 500;

  private final LogContext log;
  private final ClientConnection connection;
  private final ServerCallStreamObserver<ProduceResponse> responses;
  private final Outbox<ProduceResponse> outbox;
  private final Map<NodeId, ProduceForward> forwards = new HashMap<>();
  private final AtomicBoolean wantsMore = new AtomicBoolean();

  private volatile int lastBytes;

  /** Requests not answered yet, and one for the stream as long as the client has not ended it. */
  private final AtomicInteger open = new AtomicInteger(1);

  private ProduceCall(
      LogContext log,
      ClientConnection connection,
      ServerCallStreamObserver<ProduceResponse> responses) {
    this.log = log;
    this.connection = connection;
    this.responses = responses;
    this.outbox = new Outbox<>(responses, Runnable::run); // It only queues for the event loop.
  }

  static StreamObserver<ProduceRequest> open(
      LogContext log, ServerCallStreamObserver<ProduceResponse> responses) {
    ProduceCall call = new ProduceCall(log, ClientConnection.current(), responses);
    responses.disableAutoRequest();
    responses.setOnReadyHandler(call::requestMore);
    responses.setOnCancelHandler(call::closeForwards);
    call.wantMore();
    return call;
  }

  @Override
  public void onNext(ProduceRequest request) {
    int bytes = request.getSerializedSize() + REQUEST_BYTES;
    lastBytes = bytes;
    connection.begin(bytes);
    open.incrementAndGet();
    CompletableFuture<Topic> topic = topic(request);
    // Until the topic is known nothing more is read, so that nothing overtakes this request.
    var _ =
        topic.whenComplete(
            (_, _) -> {
              var _ =
                  hand(request, topic)
                      .whenComplete((answer, failure) -> answer(request, bytes, answer, failure));
              wantMore();
            });
  }

  @Override
  public void onError(Throwable failure) {
    closeForwards(); // the client left; what is under way goes on
  }

  @Override
  public void onCompleted() {
    answered();
  }

  private CompletableFuture<Topic> topic(ProduceRequest request) {
    try {
      return log.topics().find(request.getTopic());
    } catch (RequestProblem e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<ProduceResponse> hand(
      ProduceRequest request, CompletableFuture<Topic> topic) {
    try {
      return append(request, topic.join());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<ProduceResponse> append(ProduceRequest request, Topic topic) {
    PartitionId partition = Topics.partition(topic, request.getPartition());
    RaftGroupId group = log.topics().raftGroup(partition);
    NodeId leader = log.leaders().of(group);
    if (leader != null && !log.leaders().isSelf(leader) && !request.getForwarded()) {
      return forward(request, group, leader);
    }
    ByteBuffer batch = validBatch(request);
    if (!log.leaders().isSelf(leader)) {
      throw new RequestProblem(Errors.notLeader(log.replica().placement(), leader));
    }
    return log.replica()
        .append(topic, request.getPartition(), batch, expectedOffset(request))
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Conflict(long endOffset)
                    ? conflict(request, endOffset)
                    : OutcomeMapping.response(log.replica().placement(), topic, outcome));
  }

  private static ProduceResponse conflict(ProduceRequest request, long endOffset) {
    return ProduceResponse.newBuilder()
        .setError(
            Errors.offsetConflict(
                request.getTopic(), request.getPartition(), endOffset, request.getExpectedOffset()))
        .build();
  }

  private static long expectedOffset(ProduceRequest request) {
    if (!request.hasExpectedOffset()) {
      return Command.Append.ANY_OFFSET;
    }
    long expected = request.getExpectedOffset();
    if (expected < 0) {
      throw new RequestProblem(
          Errors.invalid("expected_offset", "expected_offset must be 0 or more, was " + expected));
    }
    return expected;
  }

  private ByteBuffer validBatch(ProduceRequest request) {
    ByteBuffer batch =
        switch (request.getPayloadCase()) {
          case BATCH -> request.getBatch().asReadOnlyByteBuffer();
          case RECORDS -> log.records().toBatch(request.getRecords());
          case PAYLOAD_NOT_SET ->
              throw new RequestProblem(
                  Errors.invalid("payload", "payload must be a batch or records, was neither"));
        };
    return switch (log.validator().validate(batch)) {
      case Validation.Valid _ -> batch;
      case Validation.Invalid invalid -> throw new RequestProblem(OutcomeMapping.error(invalid));
    };
  }

  private CompletableFuture<ProduceResponse> forward(
      ProduceRequest request, RaftGroupId group, NodeId leader) {
    NodeAddress hint = Errors.address(log.replica().placement(), leader);
    CompletableFuture<ProduceResponse> sent = forwardTo(leader).send(request);
    awaitWhileItLeads(sent, group, leader);
    return sent.thenApply(
        answer -> {
          if (answer.hasError()) {
            log.leaders().learn(group, answer.getError());
          }
          return answer.hasLeader() || hint == null
              ? answer
              : answer.toBuilder().setLeader(hint).build();
        });
  }

  /** A leader that is cut off does not answer; once another one leads, nobody waits for it. */
  private void awaitWhileItLeads(
      CompletableFuture<ProduceResponse> answer, RaftGroupId group, NodeId asked) {
    CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, log.executor())
        .execute(
            () -> {
              if (answer.isDone()) {
                return;
              }
              NodeId leader = log.leaders().of(group);
              if (leader == null || leader.equals(asked)) {
                awaitWhileItLeads(answer, group, asked);
              } else {
                answer.complete(overtaken(asked, leader));
              }
            });
  }

  private ProduceResponse overtaken(NodeId asked, NodeId leader) {
    ProduceResponse.Builder response =
        ProduceResponse.newBuilder()
            .setError(
                Errors.unknownOutcome(
                    "node %s did not answer, and node %s leads now".formatted(asked, leader)));
    NodeAddress address = Errors.address(log.replica().placement(), leader);
    return address == null ? response.build() : response.setLeader(address).build();
  }

  private ProduceForward forwardTo(NodeId leader) {
    synchronized (forwards) {
      ProduceForward forward = forwards.get(leader);
      if (forward == null || forward.isBroken()) {
        forward = ProduceForward.open(leader, connection.peers().channel(leader));
        forwards.put(leader, forward);
      }
      return forward;
    }
  }

  private void answer(
      ProduceRequest request, int bytes, ProduceResponse answer, Throwable failure) {
    ProduceResponse.Builder response;
    if (failure == null) {
      response = answer.toBuilder();
    } else {
      Error error = ErrorMapping.error(failure);
      response = ProduceResponse.newBuilder().setError(error);
      if (error.hasLeader()) {
        response.setLeader(error.getLeader());
      }
    }
    outbox.send(response.setCorrelationId(request.getCorrelationId()).build());
    connection.end(bytes);
    answered();
  }

  private void answered() {
    if (open.decrementAndGet() == 0) {
      closeForwards();
      outbox.complete();
    }
  }

  private void closeForwards() {
    synchronized (forwards) {
      forwards.values().forEach(ProduceForward::close);
      forwards.clear();
    }
  }

  private void wantMore() {
    wantsMore.set(true);
    requestMore();
  }

  private void requestMore() {
    if (wantsMore.get() && responses.isReady()) {
      connection.whenRoom(
          lastBytes,
          () -> {
            if (wantsMore.compareAndSet(true, false)) {
              responses.request(1);
            }
          });
    }
  }
}
