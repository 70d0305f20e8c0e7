package dev.funes.replication;

import dev.funes.log.OpenFiles;

/**
 * How a node looks for what its disk has changed.
 *
 * @param bytesPerSecond how fast segments are read for it, and written anew; from 1
 * @param intervalMillis from the end of one reading of everything to the begin of the next; 0:
 *     never by itself
 * @param readCheckMillis batches that were neither written nor checked for so long are checked
 *     before they are served; 0: always
 */
public record ScrubLimits(long bytesPerSecond, long intervalMillis, long readCheckMillis) {
  /** A TiB in nine hours, once a day. */
  public static final ScrubLimits DEFAULTS =
      new ScrubLimits(32L << 20, 24L * 60 * 60_000, OpenFiles.CHECK_AGE_MILLIS_DEFAULT);

  public ScrubLimits {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "scrub-bytes-per-second must be 1 or more, was " + bytesPerSecond);
    }
    if (intervalMillis < 0) {
      throw new IllegalArgumentException(
          "scrub-interval-millis must be 0 or more, was " + intervalMillis);
    }
  }
}
