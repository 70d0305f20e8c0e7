package dev.funes.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Answers bytes that are not the message they should be with an error that says so. gRPC alone
 * would answer that the application failed, and log a stack trace for each.
 */
final class MalformedRequests implements ServerInterceptor {
  private MalformedRequests() {}

  /** The service, taking raw bytes, so that parsing happens where it can be caught. */
  static ServerServiceDefinition refused(BindableService service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service.bindService()), new MalformedRequests());
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        try {
          if (!refused) {
            super.onMessage(message);
          }
        } catch (StatusRuntimeException e) {
          if (!(e.getCause() instanceof InvalidProtocolBufferException malformed)) {
            throw e;
          }
          refused = true;
          refuse(call, malformed);
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  private static void refuse(ServerCall<?, ?> call, InvalidProtocolBufferException malformed) {
    StatusRuntimeException refusal =
        ErrorMapping.status(
            Errors.invalid(
                "request",
                "the request is not a well-formed protobuf message: " + malformed.getMessage()));
    Metadata trailers = Status.trailersFromThrowable(refusal);
    call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
  }
}
