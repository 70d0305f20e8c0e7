package dev.funes.log;

import java.nio.file.Path;

/**
 * Bytes of a segment that are not what was written.
 *
 * @param file the segment's file
 * @param position where the damaged batch begins in it
 * @param offset the base offset that the batch has to have
 * @param problem what is wrong with it
 */
public record Damage(Path file, long position, long offset, String problem) {
  @Override
  public String toString() {
    return file + " is damaged at byte " + position + " (offset " + offset + "): " + problem;
  }
}
