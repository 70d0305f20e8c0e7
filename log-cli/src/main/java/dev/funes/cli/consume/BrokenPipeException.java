package dev.funes.cli.consume;

import java.io.IOException;

/** Nobody reads the output any more. */
final class BrokenPipeException extends IOException {
  private static final long serialVersionUID = 1;

  BrokenPipeException(IOException cause) {
    super(cause);
  }

  /** Java has no exception of its own for it, so the system's message has to do. */
  static boolean isBrokenPipe(IOException failure) {
    String message = failure.getMessage();
    return message != null && message.contains("Broken pipe");
  }
}
