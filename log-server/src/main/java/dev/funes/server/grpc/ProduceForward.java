package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One Produce stream to the node that leads, for what came by one incoming stream, in its order.
 * One thread at a time sends; the answers come on threads of gRPC. When the stream breaks, the
 * outcome of all that is under way is unknown.
 */
final class ProduceForward implements StreamObserver<ProduceResponse> {
  private final NodeId leader;
  private final StreamObserver<ProduceRequest> requests;
  private final Map<Long, CompletableFuture<ProduceResponse>> underWay = new ConcurrentHashMap<>();
  private long lastId;
  private volatile boolean broken;

  private ProduceForward(NodeId leader, Channel channel) {
    this.leader = leader;
    this.requests = LogServiceGrpc.newStub(channel).produce(this);
  }

  static ProduceForward open(NodeId leader, Channel channel) {
    return new ProduceForward(leader, channel);
  }

  /** A broken one answers nothing any more; open another. */
  boolean isBroken() {
    return broken;
  }

  /** Never fails: a broken stream answers with an error. The correlation id is not the caller's. */
  CompletableFuture<ProduceResponse> send(ProduceRequest request) {
    long id = ++lastId;
    CompletableFuture<ProduceResponse> answer = new CompletableFuture<>();
    underWay.put(id, answer);
    requests.onNext(request.toBuilder().setCorrelationId(id).setForwarded(true).build());
    if (broken) {
      answerAll("the connection to it was lost"); // it may have broken before the put
    }
    return answer;
  }

  void close() {
    if (!broken) {
      requests.onCompleted();
    }
  }

  @Override
  public void onNext(ProduceResponse response) {
    CompletableFuture<ProduceResponse> answer = underWay.remove(response.getCorrelationId());
    if (answer != null) {
      answer.complete(response);
    }
  }

  @Override
  public void onError(Throwable failure) {
    broken = true;
    answerAll(String.valueOf(failure.getMessage()));
  }

  @Override
  public void onCompleted() {
    broken = true;
    answerAll("it ended the stream");
  }

  private void answerAll(String why) {
    ProduceResponse lost =
        ProduceResponse.newBuilder()
            .setError(Errors.unknownOutcome("node " + leader + " did not answer: " + why))
            .build();
    for (Long id : List.copyOf(underWay.keySet())) {
      CompletableFuture<ProduceResponse> answer = underWay.remove(id);
      if (answer != null) {
        answer.complete(lost);
      }
    }
  }
}
