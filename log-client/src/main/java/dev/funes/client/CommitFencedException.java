package dev.funes.client;

/**
 * A member of a consumer group tried to commit what is not its own (any more): NOT_OWNER when
 * another was given the partition meanwhile or the offsets were reset, UNKNOWN_MEMBER when the
 * session of the member has ended. Nothing was stored.
 */
public final class CommitFencedException extends FunesException {
  private static final long serialVersionUID = 1L;

  CommitFencedException(Failure failure) {
    super(failure.code(), failure.message(), failure.field(), failure.limit(), failure.cause());
  }

  private CommitFencedException(CommitFencedException cause) {
    super(cause.code(), String.valueOf(cause.getMessage()), cause.field(), cause.limit(), cause);
  }

  @Override
  CommitFencedException rethrowable() {
    return new CommitFencedException(this);
  }
}
