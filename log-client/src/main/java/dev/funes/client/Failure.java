package dev.funes.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.funes.proto.v1.Error;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/**
 * What a node answered instead of a result, or that the way to it is broken.
 *
 * @param fromNode a node of Funes said so, not the network
 * @param surelyUnsent the request did not reach any node
 * @param retryAfterMillis how long the node asks to wait; 0 leaves it to the client
 */
record Failure(
    ErrorCode code,
    String message,
    String field,
    long limit,
    boolean fromNode,
    boolean surelyUnsent,
    long retryAfterMillis,
    @Nullable NodeAddress leader,
    @Nullable Throwable cause) {

  static Failure of(Error error) {
    return new Failure(
        code(error.getCode()),
        error.getMessage(),
        error.getField(),
        error.getLimit(),
        true,
        false,
        error.getRetryAfterMillis(),
        error.hasLeader() ? FromProto.nodeAddress(error.getLeader()) : null,
        null);
  }

  /** There was no answer, and it is not known what was done. */
  static Failure lost(String message) {
    return new Failure(ErrorCode.UNREACHABLE, message, "", 0, false, false, 0, null, null);
  }

  /** Reads the status of a call that has failed, and the detail that nodes put beside it. */
  static Failure of(Throwable failure) {
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        if (detail.is(Error.class)) {
          try {
            return of(detail.unpack(Error.class));
          } catch (InvalidProtocolBufferException e) {
            break; // A damaged detail says no more than the status.
          }
        }
      }
    }
    return ofStatus(Status.fromThrowable(failure), failure);
  }

  private static Failure ofStatus(Status status, Throwable failure) {
    ErrorCode code =
        switch (status.getCode()) {
          // What a peer that is no node of Funes looks like is "unknown", too.
          case UNAVAILABLE, UNKNOWN, CANCELLED, ABORTED -> ErrorCode.UNREACHABLE;
          case DEADLINE_EXCEEDED -> ErrorCode.TIMEOUT;
          case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> ErrorCode.INVALID_ARGUMENT;
          case RESOURCE_EXHAUSTED -> ErrorCode.LIMIT_EXCEEDED;
          default -> ErrorCode.INTERNAL;
        };
    return new Failure(
        code, describe(status), "", 0, false, isConnectFailure(failure), 0, null, failure);
  }

  private static String describe(Status status) {
    String description = status.getDescription();
    Throwable cause = status.getCause();
    String text =
        cause != null && cause.getMessage() != null
            ? cause.getMessage()
            : description != null ? description : status.getCode().name();
    return text.lines().findFirst().orElse(status.getCode().name());
  }

  private static boolean isConnectFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private static ErrorCode code(dev.funes.proto.v1.ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> ErrorCode.INVALID_ARGUMENT;
      case UNKNOWN_TOPIC -> ErrorCode.UNKNOWN_TOPIC;
      case UNKNOWN_PARTITION -> ErrorCode.UNKNOWN_PARTITION;
      case TOPIC_EXISTS -> ErrorCode.TOPIC_EXISTS;
      case UNKNOWN_GROUP -> ErrorCode.UNKNOWN_GROUP;
      case RECORD_TOO_LARGE -> ErrorCode.RECORD_TOO_LARGE;
      case BATCH_TOO_LARGE -> ErrorCode.BATCH_TOO_LARGE;
      case CORRUPT_BATCH -> ErrorCode.CORRUPT_BATCH;
      case OUT_OF_ORDER_SEQUENCE -> ErrorCode.OUT_OF_ORDER_SEQUENCE;
      case PRODUCER_FENCED -> ErrorCode.PRODUCER_FENCED;
      case UNKNOWN_PRODUCER -> ErrorCode.UNKNOWN_PRODUCER;
      case LIMIT_EXCEEDED -> ErrorCode.LIMIT_EXCEEDED;
      case NOT_LEADER -> ErrorCode.NOT_LEADER;
      case RETRY -> ErrorCode.RETRY;
      case DISK_FULL -> ErrorCode.DISK_FULL;
      case UNKNOWN_OUTCOME -> ErrorCode.UNKNOWN_OUTCOME;
      case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
      // A code of a newer node is a failure that this client cannot treat in any special way.
      case OFFSET_CONFLICT -> ErrorCode.OFFSET_CONFLICT;
      case UNKNOWN_MEMBER -> ErrorCode.UNKNOWN_MEMBER;
      case MEMBER_KICKED -> ErrorCode.MEMBER_KICKED;
      case MEMBER_REPLACED -> ErrorCode.MEMBER_REPLACED;
      case NOT_OWNER -> ErrorCode.NOT_OWNER;
      case GROUP_NOT_EMPTY -> ErrorCode.GROUP_NOT_EMPTY;
      case GROUP_RESETTING -> ErrorCode.GROUP_RESETTING;
      case UNKNOWN_BOOKMARK -> ErrorCode.UNKNOWN_BOOKMARK;
      case BOOKMARK_EXISTS -> ErrorCode.BOOKMARK_EXISTS;
      case NOTHING_TO_UNDO -> ErrorCode.NOTHING_TO_UNDO;
      case INTERNAL, ERROR_CODE_UNSPECIFIED, UNRECOGNIZED -> ErrorCode.INTERNAL;
    };
  }

  /** True when the same request may succeed later, or elsewhere. */
  boolean isTransient() {
    return isTransient(code);
  }

  static boolean isTransient(ErrorCode code) {
    return switch (code) {
      case NOT_LEADER, RETRY, DISK_FULL, UNAVAILABLE, UNKNOWN_OUTCOME, UNREACHABLE, TIMEOUT -> true;
      default -> false;
    };
  }

  /** True when the request may have been carried out although there was no answer to say so. */
  boolean isAmbiguous() {
    return switch (code) {
      case UNKNOWN_OUTCOME, TIMEOUT, INTERNAL -> true;
      case UNREACHABLE -> !surelyUnsent;
      default -> false;
    };
  }

  FunesException exception() {
    return new FunesException(code, message, field, limit, cause);
  }
}
