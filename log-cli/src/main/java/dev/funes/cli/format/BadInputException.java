package dev.funes.cli.format;

import java.io.IOException;

/** A line of the input is no record. */
public final class BadInputException extends IOException {
  private static final long serialVersionUID = 1;

  private final long lineNumber;

  /** The message is one line for the user and does not name the line; lines count from 1. */
  public BadInputException(long lineNumber, String message) {
    super(message);
    this.lineNumber = lineNumber;
  }

  /** Which line, from 1. */
  public long lineNumber() {
    return lineNumber;
  }
}
