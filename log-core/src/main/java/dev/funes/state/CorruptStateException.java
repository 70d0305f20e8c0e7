package dev.funes.state;

import java.io.IOException;
import java.nio.file.Path;

/** The keyed state in a checkpoint is not what was written there. */
public final class CorruptStateException extends IOException {
  private static final long serialVersionUID = 1;

  CorruptStateException(Path directory, IOException cause) {
    super(directory + " is corrupt: " + cause.getMessage(), cause);
  }
}
