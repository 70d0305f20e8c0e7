package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Takes space on the disk for a range of a file, so that a store to its mapping can not fail for
 * want of a block.
 */
@FunctionalInterface
interface DiskSpace {
  /**
   * Makes the bytes from {@code from} to {@code to} really there; what they held is kept, what is
   * new reads as zero. Throws IOException when the disk is full.
   */
  void allocate(Path file, long from, long to) throws IOException;
}
