package dev.funes.raft;

import java.io.IOException;

/** The raft group could not do it now: no leader, no quorum, or not in time. */
public class RaftUnavailableException extends IOException {

  private static final long serialVersionUID = 1;

  RaftUnavailableException(String message) {
    super(message);
  }

  RaftUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
