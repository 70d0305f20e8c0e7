package dev.funes.chaos.fault;

import java.io.IOException;

/** A fault was inflicted, and nothing shows that it took effect: the run proves nothing. */
public final class NoEvidenceException extends IOException {
  private static final long serialVersionUID = 1;

  public NoEvidenceException(String message) {
    super(message);
  }
}
