package dev.funes.client;

import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Appends one batch and sends it again, under the same number, while that may help. Thread-safe;
 * the caller blocks.
 *
 * <p>A node answers a batch that it has with the first answer, before it looks at the offset that
 * is expected. So an append whose answer was lost is found again and is never in conflict with
 * itself. A conflict uses up no number: a late copy of the refused batch meets a log that ends
 * further on, and is refused again, or meets its number taken.
 */
final class AppendCalls {
  private static final long PAUSE_MILLIS_MIN = 20;
  private static final long PAUSE_MILLIS_MAX = 1_000;
  // A node may hear of a new topic a moment after its creation was acknowledged.
  private static final Duration UNKNOWN_TOPIC_GRACE = Duration.ofSeconds(3);
  private static final int RENUMBERINGS_MAX = 3;

  /** A stream of one request looks the same on the wire. */
  private static final MethodDescriptor<ProduceRequest, ProduceResponse> PRODUCE_ONE =
      LogServiceGrpc.getProduceMethod().toBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .build();

  private final ClientConfig config;
  private final Connections connections;
  private final TopicRoutes routes;
  private final Supplier<ProducerIdentity> allocateIdentity;
  private @Nullable ProducerIdentity shared; // guarded by this

  /**
   * @param allocateIdentity blocks, throws FunesException
   */
  AppendCalls(
      ClientConfig config,
      Connections connections,
      TopicRoutes routes,
      Supplier<ProducerIdentity> allocateIdentity) {
    this.config = config;
    this.connections = connections;
    this.routes = routes;
    this.allocateIdentity = allocateIdentity;
  }

  /**
   * Appends; returns the offset of the first record.
   *
   * @param cancelled true: do not try again
   * @throws FunesException OFFSET_CONFLICT among others; UNKNOWN_OUTCOME when it may be in the log
   */
  long append(AtomicAppend append, AppendSequence sequence, BooleanSupplier cancelled) {
    long started = System.nanoTime();
    int renumberings = 0;
    for (int failures = 1; ; failures++) {
      Failure failure;
      try {
        ProduceResponse response = send(append, sequence);
        if (response.hasAppended()) {
          sequence.used(append.recordCount);
          return response.getAppended().getBaseOffset();
        }
        failure =
            response.hasError()
                ? Failure.of(response.getError())
                : Failure.lost("the node gave an answer without an outcome");
      } catch (StatusRuntimeException e) {
        failure = broken(e);
      } catch (FunesException e) { // No producer id: nothing was sent.
        throw append.maybeWritten ? unknown(append, e.getMessage(), e) : e;
      }
      append.maybeWritten |= failure.isAmbiguous();
      if (mayRenumber(append, failure) && renumberings++ < RENUMBERINGS_MAX) {
        sequence.abandon();
      } else if (!isRetriable(failure, started)) {
        throw finalFailure(append, sequence, failure);
      }
      long pause =
          Math.max(
              failure.retryAfterMillis(),
              Backoff.millis(failures, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
      if (cancelled.getAsBoolean()
          || elapsedMillis(started) + pause >= config.deliveryTimeout().toMillis()
          || !sleep(pause)) {
        throw timeout(append, sequence, failure);
      }
    }
  }

  private ProduceResponse send(AtomicAppend append, AppendSequence sequence) {
    ProducerIdentity identity = sequence.identity();
    if (identity == null) {
      identity = identityOtherThan(sequence.abandoned());
      sequence.begin(identity);
    }
    ServerAddress leader = routes.leader(append.partition);
    ServerAddress address =
        leader != null && connections.isUsable(leader) ? leader : connections.next();
    try {
      ProduceResponse response =
          ClientCalls.blockingUnaryCall(
              connections.channel(address),
              PRODUCE_ONE,
              CallOptions.DEFAULT.withDeadlineAfter(
                  config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS),
              append.request(identity, sequence.next()));
      connections.succeeded(address);
      learn(append.partition, address, response);
      return response;
    } catch (StatusRuntimeException e) {
      if (!Failure.of(e).fromNode()) {
        connections.failed(address);
        // Another one knows who leads now; this one may be away for long.
        routes.learn(append.partition, null);
      }
      throw e;
    }
  }

  private void learn(TopicPartition partition, ServerAddress asked, ProduceResponse response) {
    if (response.hasLeader()) {
      routes.learn(partition, FromProto.nodeAddress(response.getLeader()).server());
    } else if (response.hasAppended()) {
      routes.learn(partition, asked);
    } else if (response.hasError()) {
      switch (Failure.of(response.getError()).code()) {
        case NOT_LEADER, UNAVAILABLE, UNKNOWN_OUTCOME -> routes.learn(partition, null);
        case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> routes.forget(partition.topic());
        default -> {}
      }
    }
  }

  private synchronized ProducerIdentity identityOtherThan(@Nullable ProducerIdentity abandoned) {
    ProducerIdentity identity = shared;
    if (identity == null || identity.equals(abandoned)) {
      identity = allocateIdentity.get();
      shared = identity;
    }
    return identity;
  }

  private static Failure broken(StatusRuntimeException thrown) {
    Failure failure = Failure.of(thrown);
    // A stream that has ended without an answer looks like a fault of ours.
    return !failure.fromNode() && failure.code() == ErrorCode.INTERNAL
        ? Failure.lost(failure.message())
        : failure;
  }

  private static boolean mayRenumber(AtomicAppend append, Failure failure) {
    return switch (failure.code()) {
      case UNKNOWN_PRODUCER -> true; // Had it been written, the producer would be known.
      case OUT_OF_ORDER_SEQUENCE -> !append.maybeWritten;
      default -> false;
    };
  }

  private static boolean isRetriable(Failure failure, long started) {
    return switch (failure.code()) {
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION ->
          elapsedMillis(started) < UNKNOWN_TOPIC_GRACE.toMillis();
      default -> failure.isTransient();
    };
  }

  private static FunesException finalFailure(
      AtomicAppend append, AppendSequence sequence, Failure failure) {
    // The end of a log only grows: once it is beyond what was expected, no late copy can be
    // written.
    if (failure.code() == ErrorCode.OFFSET_CONFLICT
        && !(append.maybeWritten && append.isExpectedBeyond(failure.limit()))) {
      return failure.exception();
    }
    sequence.abandon();
    return append.maybeWritten && failure.code() != ErrorCode.INTERNAL
        ? unknown(append, failure.message(), failure.cause())
        : failure.exception();
  }

  private FunesException timeout(AtomicAppend append, AppendSequence sequence, Failure last) {
    sequence.abandon();
    return new FunesException(
        append.maybeWritten ? ErrorCode.UNKNOWN_OUTCOME : last.code(),
        "not acknowledged by %s within %d ms: %s"
            .formatted(append.partition, config.deliveryTimeout().toMillis(), last.message()),
        last.cause());
  }

  private static FunesException unknown(
      AtomicAppend append, @Nullable String why, @Nullable Throwable cause) {
    return new FunesException(
        ErrorCode.UNKNOWN_OUTCOME,
        "it is not known whether the batch is in %s: %s".formatted(append.partition, why),
        cause);
  }

  private static boolean sleep(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static long elapsedMillis(long started) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }
}
