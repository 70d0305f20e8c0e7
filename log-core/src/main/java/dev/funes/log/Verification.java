package dev.funes.log;

/** How much of a log is read when it is restored. The active segment is always read in full. */
public enum Verification {
  /**
   * Of sealed segments every batch header, against the checksum over them in the checkpoint:
   * lengths, offsets and order are right, and no file is short; the payload is checked by whoever
   * reads it.
   */
  HEADERS,
  /** Every byte of every segment. */
  EVERYTHING
}
