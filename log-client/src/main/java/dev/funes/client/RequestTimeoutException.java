package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * No reply came in time. It may still come: {@link Requester#await} and {@link Requester#find} pick
 * it up by the correlation id.
 */
public final class RequestTimeoutException extends FunesException {
  private static final long serialVersionUID = 1L;

  private final String correlationId;
  private final transient @Nullable RecordPosition request;

  RequestTimeoutException(String correlationId, @Nullable RecordPosition request, String message) {
    super(ErrorCode.TIMEOUT, message);
    this.correlationId = correlationId;
    this.request = request;
  }

  public String correlationId() {
    return correlationId;
  }

  /** Where the request is stored; null when that is not known. */
  public @Nullable RecordPosition request() {
    return request;
  }
}
