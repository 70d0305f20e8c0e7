package dev.funes.replication;

import java.io.IOException;
import java.nio.file.Path;

/** The snapshot of the metadata raft group is not what was written. */
final class CorruptSnapshotException extends IOException {

  private static final long serialVersionUID = 1;

  CorruptSnapshotException(Path file, RuntimeException cause) {
    super(file + " is corrupt: " + cause.getMessage(), cause);
  }
}
