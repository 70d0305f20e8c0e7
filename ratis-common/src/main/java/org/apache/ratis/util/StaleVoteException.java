package org.apache.ratis.util;

import java.io.IOException;

/** A term and a vote were to be written that are older than those on the disk, which stay. */
final class StaleVoteException extends IOException {

  private static final long serialVersionUID = 1;

  StaleVoteException(String message) {
    super(message);
  }
}
