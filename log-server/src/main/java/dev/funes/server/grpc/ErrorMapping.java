package dev.funes.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.raft.FatalErrors;
import dev.funes.state.StateClosedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between our errors and gRPC statuses. The error travels among the details of the status. */
final class ErrorMapping {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorMapping.class);

  private ErrorMapping() {}

  static StatusRuntimeException status(Error error) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code(error.getCode()).value())
            .setMessage(error.getMessage())
            .addDetails(Any.pack(error))
            .build());
  }

  /** What to tell a client of a failure, of whatever kind it is. */
  static Error error(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof RequestProblem problem) {
      return problem.error();
    }
    Error carried = detail(cause);
    if (carried != null) {
      return carried;
    }
    if (cause instanceof StateClosedException) {
      return Errors.unavailable("this replica is just replaced by a newer copy, or stops");
    }
    LOG.error("a request failed unexpectedly", cause);
    FatalErrors.raise(cause);
    return Errors.of(ErrorCode.INTERNAL, "internal error: " + cause.getClass().getSimpleName());
  }

  /** The error that another node packed into its status; null when there is none. */
  static @Nullable Error detail(Throwable failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return null;
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(Error.class)) {
        try {
          return detail.unpack(Error.class);
        } catch (InvalidProtocolBufferException e) {
          return null;
        }
      }
    }
    return null;
  }

  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static Status.Code code(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, RECORD_TOO_LARGE, BATCH_TOO_LARGE, CORRUPT_BATCH ->
          Status.Code.INVALID_ARGUMENT;
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION, UNKNOWN_GROUP, UNKNOWN_MEMBER, UNKNOWN_BOOKMARK ->
          Status.Code.NOT_FOUND;
      case TOPIC_EXISTS, BOOKMARK_EXISTS -> Status.Code.ALREADY_EXISTS;
      case OUT_OF_ORDER_SEQUENCE,
          PRODUCER_FENCED,
          UNKNOWN_PRODUCER,
          OFFSET_CONFLICT,
          NOT_OWNER,
          MEMBER_KICKED,
          MEMBER_REPLACED,
          GROUP_NOT_EMPTY,
          GROUP_RESETTING,
          NOTHING_TO_UNDO ->
          Status.Code.FAILED_PRECONDITION;
      case LIMIT_EXCEEDED, RETRY, DISK_FULL -> Status.Code.RESOURCE_EXHAUSTED;
      case NOT_LEADER, UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case UNKNOWN_OUTCOME -> Status.Code.UNKNOWN;
      case INTERNAL, ERROR_CODE_UNSPECIFIED, UNRECOGNIZED -> Status.Code.INTERNAL;
    };
  }
}
