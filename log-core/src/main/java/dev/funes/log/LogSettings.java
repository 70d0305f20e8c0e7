package dev.funes.log;

/**
 * How a partition is cut into segments and how long its records are kept.
 *
 * @param segmentBytes size at which a segment is rolled, {@value #SEGMENT_BYTES_MIN} to {@value
 *     #SEGMENT_BYTES_MAX}
 * @param segmentMillis age at which a segment is rolled even when it is not full, at least {@value
 *     #SEGMENT_MILLIS_MIN}
 * @param retentionMillis age past which whole segments are dropped; {@value #UNLIMITED} keeps them
 *     for ever
 * @param retentionBytes size of the partition past which its oldest whole segments are dropped;
 *     {@value #UNLIMITED} keeps them for ever
 */
public record LogSettings(
    int segmentBytes, long segmentMillis, long retentionMillis, long retentionBytes) {

  public static final int SEGMENT_BYTES_MIN = 1 << 20;
  public static final int SEGMENT_BYTES_MAX = 1 << 30;
  public static final int SEGMENT_BYTES_DEFAULT = 256 << 20;
  public static final long SEGMENT_MILLIS_MIN = 1_000;
  public static final long SEGMENT_MILLIS_DEFAULT = 7L * 24 * 60 * 60 * 1_000;
  public static final long UNLIMITED = -1;

  /** Segments of 256 MiB or seven days, and nothing is ever forgotten. */
  public static final LogSettings DEFAULTS =
      new LogSettings(SEGMENT_BYTES_DEFAULT, SEGMENT_MILLIS_DEFAULT, UNLIMITED, UNLIMITED);

  public LogSettings {
    if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "segment-bytes must be "
              + SEGMENT_BYTES_MIN
              + " to "
              + SEGMENT_BYTES_MAX
              + ", was "
              + segmentBytes);
    }
    if (segmentMillis < SEGMENT_MILLIS_MIN) {
      throw new IllegalArgumentException(
          "segment-millis must be at least " + SEGMENT_MILLIS_MIN + ", was " + segmentMillis);
    }
    requireLimit("retention-millis", retentionMillis);
    requireLimit("retention-bytes", retentionBytes);
  }

  private static void requireLimit(String name, long limit) {
    if (limit < UNLIMITED) {
      throw new IllegalArgumentException(
          name + " must be 0 or more, or -1 for no limit, was " + limit);
    }
  }
}
