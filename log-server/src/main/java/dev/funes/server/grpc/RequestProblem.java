package dev.funes.server.grpc;

import dev.funes.proto.v1.Error;

/**
 * Carries an {@link Error} out of a check or through a future to where the call is answered. Not a
 * fault of the node, so it has no stack trace.
 */
final class RequestProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Error error;

  RequestProblem(Error error) {
    super(error.getMessage(), null, false, false);
    this.error = error;
  }

  Error error() {
    return error;
  }
}
