package dev.funes.raft;

import java.io.IOException;
import java.nio.file.Path;

/** A Raft log is damaged where entries may have been acknowledged. */
public final class CorruptRaftLogException extends IOException {

  private static final long serialVersionUID = 1;

  private final transient Path file;
  private final long position;

  CorruptRaftLogException(Path file, long position, String why) {
    super(file + " is damaged at position " + position + ": " + why);
    this.file = file;
    this.position = position;
  }

  public Path file() {
    return file;
  }

  /** Byte position of the first record that cannot be read. */
  public long position() {
    return position;
  }
}
