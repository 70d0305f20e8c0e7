package dev.funes.server.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Answers calls that have one request and one response, on the executor. */
final class Unary {
  private final Executor executor;

  Unary(Executor executor) {
    this.executor = executor;
  }

  /** Whatever the call throws or fails with becomes the status of the answer. */
  <T> void answer(StreamObserver<T> responses, Supplier<CompletableFuture<T>> call) {
    if (responses instanceof ServerCallStreamObserver<T> server) {
      server.setOnCancelHandler(() -> {}); // else an answer to a client that left would throw
    }
    CompletableFuture<T> answer;
    try {
      answer = call.get();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var _ =
        answer.whenCompleteAsync(
            (response, failure) -> {
              if (failure != null) {
                responses.onError(ErrorMapping.status(ErrorMapping.error(failure)));
              } else {
                responses.onNext(response);
                responses.onCompleted();
              }
            },
            executor);
  }
}
