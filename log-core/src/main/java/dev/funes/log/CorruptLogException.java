package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Damage below what a checkpoint recorded: these bytes were once durable, so this is no torn tail
 * and nothing may be cut. The node must not serve the file; the cure is a copy from another
 * replica.
 */
public final class CorruptLogException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Path file;
  private final long position;

  CorruptLogException(Path file, long position, String problem) {
    super(file + " is corrupt at byte " + position + ": " + problem);
    this.file = file;
    this.position = position;
  }

  /** The damaged or missing file. */
  public Path file() {
    return file;
  }

  /**
   * Where in the file the damage was noticed: the start of the batch or field that is not what it
   * should be.
   */
  public long position() {
    return position;
  }
}
