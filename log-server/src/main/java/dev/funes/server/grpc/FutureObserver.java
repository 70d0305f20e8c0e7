package dev.funes.server.grpc;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Turns the single answer of a call to another node into a future. */
final class FutureObserver<T> implements StreamObserver<T> {
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  private FutureObserver() {}

  static <T> CompletableFuture<T> call(Consumer<StreamObserver<T>> call) {
    FutureObserver<T> observer = new FutureObserver<>();
    call.accept(observer);
    return observer.answer;
  }

  @Override
  public void onNext(T value) {
    answer.complete(value);
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    answer.completeExceptionally(
        new RequestProblem(Errors.unavailable("the other node answered nothing")));
  }
}
