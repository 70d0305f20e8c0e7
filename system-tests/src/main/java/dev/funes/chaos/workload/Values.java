package dev.funes.chaos.workload;

import java.util.SplittableRandom;

/** Sizes of values. */
final class Values {
  private static final int BYTES_MIN = 64;

  private Values() {}

  /** Mostly small, some up to the largest. */
  static int bytes(SplittableRandom random, int bytesMax) {
    int most = random.nextInt(4) == 0 ? bytesMax : Math.max(BYTES_MIN, bytesMax / 4);
    return random.nextInt(Math.min(BYTES_MIN, most), most + 1);
  }
}
