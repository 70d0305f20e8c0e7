package dev.funes.server.coordinator;

import java.util.Random;

/**
 * The seed of a randomized test: new each time, printed, and given again with {@code
 * -Dfunes.seed=}.
 */
final class Seed {
  private Seed() {}

  static Random random(String test) {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println(test + ": -Dfunes.seed=" + seed);
    return new Random(seed);
  }
}
