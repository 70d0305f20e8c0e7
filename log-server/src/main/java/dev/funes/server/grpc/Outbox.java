package dev.funes.server.grpc;

import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends the answers of one stream one at a time, whichever threads they come from. On those it does
 * no more than its executor: where answers are large, and come from apply threads, it should be one
 * with threads of its own.
 */
final class Outbox<T> {
  private final StreamObserver<T> responses;
  private final Executor executor;
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  Outbox(StreamObserver<T> responses, Executor executor) {
    this.responses = responses;
    this.executor = executor;
  }

  void send(T response) {
    enqueue(() -> responses.onNext(response));
  }

  /** Ends the stream behind all that was sent before. */
  void complete() {
    enqueue(responses::onCompleted);
  }

  /** Ends the stream with an error, behind all that was sent before. */
  void fail(Throwable failure) {
    enqueue(() -> responses.onError(failure));
  }

  private void enqueue(Runnable action) {
    queue.add(action);
    if (queued.getAndIncrement() == 0) {
      try {
        executor.execute(this::drain);
      } catch (RejectedExecutionException e) {
        queue.clear(); // the server closes; so do its streams
      }
    }
  }

  private void drain() {
    int taken = queued.get();
    while (taken != 0) {
      for (int i = 0; i < taken; i++) {
        Runnable action = queue.poll();
        if (action != null) {
          action.run();
        }
      }
      taken = queued.addAndGet(-taken);
    }
  }
}
