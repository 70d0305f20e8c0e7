package dev.funes.raft;

/** A replica has yet to apply what it has received; in a while it will have. */
public final class ReplicaBehindException extends RaftUnavailableException {

  private static final long serialVersionUID = 1;

  ReplicaBehindException(String message) {
    super(message);
  }
}
