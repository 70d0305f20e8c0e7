package dev.funes.client;

import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.DescribeClusterRequest;
import dev.funes.proto.v1.DescribeClusterResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks one thing of any node, and asks again, elsewhere, while it may help. Thread-safe; the caller
 * blocks.
 */
final class UnaryCalls {
  // Nobody listens at any address: an operator's typing error more often than an outage.
  private static final long UNREACHABLE_MILLIS_MAX = 3_000;
  private static final long ATTEMPT_MILLIS_MIN = 1_000;
  private static final int ATTEMPTS_IN_TIMEOUT = 3;
  private static final long PAUSE_MILLIS_MIN = 20;
  private static final long PAUSE_MILLIS_MAX = 500;

  private final Connections connections;
  private final Duration timeout;

  UnaryCalls(Connections connections, Duration timeout) {
    this.connections = connections;
    this.timeout = timeout;
  }

  /**
   * An answer, or the error that is one.
   *
   * @param maybeRepeated an earlier try of the same request may have been carried out
   */
  record Answer<A>(@Nullable A value, @Nullable Failure failure, boolean maybeRepeated) {
    boolean failedWith(ErrorCode code) {
      return failure != null && failure.code() == code;
    }

    FunesException exception() {
      if (failure == null) {
        throw new IllegalStateException("expected a failure, was a value");
      }
      return failure.exception();
    }
  }

  /** Asks something that may be asked twice. */
  <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    return callUntil(method, request, answer -> Optional.empty());
  }

  /**
   * Asks something that may be asked twice, and whose answer may hold a failure that passes.
   *
   * @param passing finds such a failure in an answer
   */
  <Q, A> A callUntil(
      MethodDescriptor<Q, A> method, Q request, Function<A, Optional<Failure>> passing) {
    Answer<A> answer = ask(method, request, true, ATTEMPTS_IN_TIMEOUT, passing);
    if (answer.value() == null) {
      throw answer.exception();
    }
    return answer.value();
  }

  <Q, A> Answer<A> ask(MethodDescriptor<Q, A> method, Q request, boolean repeatable) {
    return ask(method, request, repeatable, ATTEMPTS_IN_TIMEOUT, answer -> Optional.empty());
  }

  /** Asks what may take long, and must not be asked again after it may have been carried out. */
  <Q, A> Answer<A> askOnce(MethodDescriptor<Q, A> method, Q request) {
    return ask(method, request, false, 1, answer -> Optional.empty());
  }

  /**
   * Asks; an error that will stay is in the answer, one that lasted too long is thrown.
   *
   * @param repeatable false: do not ask again after a try that may have been carried out
   * @param attempts how many are to find room in the timeout when nobody answers
   */
  private <Q, A> Answer<A> ask(
      MethodDescriptor<Q, A> method,
      Q request,
      boolean repeatable,
      int attempts,
      Function<A, Optional<Failure>> passing) {
    long started = System.nanoTime();
    Set<ServerAddress> tried = new LinkedHashSet<>();
    boolean maybeDone = false;
    boolean reached = false;
    for (int failures = 1; ; failures++) {
      ServerAddress address = connections.next();
      tried.add(address);
      Channel channel = connections.channel(address);
      Failure failure;
      try {
        A value =
            ClientCalls.blockingUnaryCall(channel, method, options(started, attempts), request);
        Optional<Failure> passed = passing.apply(value);
        if (passed.isEmpty()) {
          connections.succeeded(address);
          learnNodes(channel);
          return new Answer<>(value, null, maybeDone);
        }
        failure = passed.get();
      } catch (StatusRuntimeException e) {
        failure = Failure.of(e);
      }
      if (failure.fromNode()) {
        connections.succeeded(address);
        reached = true;
      } else {
        connections.failed(address);
      }
      if (!failure.isTransient()) {
        return new Answer<>(null, failure, maybeDone);
      }
      connections.passOver(address);
      maybeDone |= failure.isAmbiguous();
      if (maybeDone && !repeatable) {
        throw new FunesException(
            ErrorCode.UNKNOWN_OUTCOME,
            "it is not known whether the request was carried out: " + failure.message(),
            failure.cause());
      }
      pause(started, failures, tried, reached, failure);
    }
  }

  /** So that a client outlives all the nodes that it was told of when it was opened. */
  private void learnNodes(Channel from) {
    if (!connections.isTimeToLearn()) {
      return;
    }
    ClientCalls.asyncUnaryCall(
        from.newCall(
            ClusterServiceGrpc.getDescribeClusterMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)),
        DescribeClusterRequest.getDefaultInstance(),
        new StreamObserver<DescribeClusterResponse>() {
          @Override
          public void onNext(DescribeClusterResponse response) {
            connections.learn(
                ClusterCalls.members(response).stream()
                    .map(member -> new ServerAddress(member.node().host(), member.node().port()))
                    .collect(Collectors.toSet()));
          }

          @Override
          public void onError(Throwable failure) {
            // Then another time.
          }

          @Override
          public void onCompleted() {}
        });
  }

  private CallOptions options(long started, int attempts) {
    long left = timeout.toMillis() - elapsedMillis(started);
    long attempt = Math.max(ATTEMPT_MILLIS_MIN, timeout.toMillis() / attempts);
    return CallOptions.DEFAULT.withDeadlineAfter(
        Math.max(1, Math.min(left, attempt)), TimeUnit.MILLISECONDS);
  }

  private void pause(
      long started, int failures, Set<ServerAddress> tried, boolean reached, Failure last) {
    long elapsed = elapsedMillis(started);
    // The first round over all nodes goes without a pause.
    long pause =
        failures < connections.nodeCount() && !last.fromNode()
            ? 0
            : Math.max(
                last.retryAfterMillis(),
                Backoff.millis(failures, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
    boolean refused = !reached && last.surelyUnsent() && tried.size() >= connections.nodeCount();
    long limit =
        refused ? Math.min(UNREACHABLE_MILLIS_MAX, timeout.toMillis()) : timeout.toMillis();
    if (elapsed + pause >= limit) {
      throw reached ? timedOut(last) : unreachable(tried, last);
    }
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FunesException(ErrorCode.TIMEOUT, "interrupted: " + last.message(), e);
    }
  }

  private FunesException timedOut(Failure last) {
    return new FunesException(
        last.code() == ErrorCode.UNREACHABLE ? ErrorCode.TIMEOUT : last.code(),
        "gave up after %d ms: %s".formatted(timeout.toMillis(), last.message()),
        last.cause());
  }

  static FunesException unreachable(Set<ServerAddress> tried, Failure last) {
    return new FunesException(
        ErrorCode.UNREACHABLE,
        "no node could be reached at %s: %s"
            .formatted(
                tried.stream().map(ServerAddress::toString).collect(Collectors.joining(", ")),
                last.message()),
        last.cause());
  }

  private static long elapsedMillis(long started) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }
}
