package dev.funes.replication;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * The disk could not make durable what was written. It may have dropped it, and would call the next
 * try a success, so this node must not go on.
 */
final class ForceFailedException extends IOException {

  @Serial private static final long serialVersionUID = 1;

  ForceFailedException(Path file, IOException cause) {
    super(file + " could not be made durable: " + cause.getMessage(), cause);
  }
}
