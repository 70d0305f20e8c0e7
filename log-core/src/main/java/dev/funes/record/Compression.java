package dev.funes.record;

import java.util.Locale;

/** How the records of a batch are compressed. Ids are those in the batch attributes. */
public enum Compression {
  NONE(0),
  GZIP(1),
  /** Snappy blocks in the framing of snappy-java; a bare Snappy block is read too. */
  SNAPPY(2),
  /** The LZ4 frame format. */
  LZ4(3),
  ZSTD(4);

  /** Invariant: the codec with id i is at i. */
  private static final Compression[] BY_ID = {NONE, GZIP, SNAPPY, LZ4, ZSTD};

  private final int id;

  Compression(int id) {
    this.id = id;
  }

  /** The codec number in the batch attributes, 0 to 4. */
  public int id() {
    return id;
  }

  /**
   * The codec of a number.
   *
   * @throws IllegalArgumentException when no codec has the number
   */
  public static Compression ofId(int id) {
    if (id < 0 || id >= BY_ID.length) {
      throw new IllegalArgumentException(
          "expected a codec id from 0 to " + (BY_ID.length - 1) + ", was " + id);
    }
    return BY_ID[id];
  }

  /**
   * The codec of a name as the command line and the settings spell it: {@code none}, {@code gzip},
   * {@code snappy}, {@code lz4} or {@code zstd}.
   *
   * @throws IllegalArgumentException when no codec has the name
   */
  public static Compression ofName(String lowerCaseName) {
    for (Compression compression : BY_ID) {
      if (compression.lowerCaseName().equals(lowerCaseName)) {
        return compression;
      }
    }
    throw new IllegalArgumentException(
        "expected one of none, gzip, snappy, lz4, zstd, was \"" + lowerCaseName + "\"");
  }

  /** The name that {@link #ofName} takes. */
  public String lowerCaseName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
