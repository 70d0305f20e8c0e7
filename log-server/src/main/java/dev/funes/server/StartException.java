package dev.funes.server;

import org.jspecify.annotations.Nullable;

/**
 * Why a node did not start. The message is one line for the person who started it: it names the
 * file, the key, the directory or the port at fault, and what would be right.
 */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    this(message, null);
  }

  public StartException(String message, @Nullable Throwable cause) {
    super(message.lines().findFirst().orElse(""), cause);
  }
}
