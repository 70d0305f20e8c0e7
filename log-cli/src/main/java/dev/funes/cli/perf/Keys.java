package dev.funes.cli.perf;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The keys to send: none, or any of so many, in an order that the seed decides. One thread. */
final class Keys {
  /** Made ahead of the run, so they have to fit into memory. */
  static final int COUNT_MAX = 1_000_000;

  private static final byte[][] NONE = {};

  private final byte[][] keys;
  private final SplittableRandom random;

  private Keys(byte[][] keys, long seed) {
    this.keys = keys;
    this.random = new SplittableRandom(seed);
  }

  /** The bytes of so many keys, {@code k0000000} and on; to be shared. */
  static byte[][] make(int count) {
    if (count == 0) {
      return NONE;
    }
    byte[][] made = new byte[count][];
    for (int i = 0; i < count; i++) {
      made[i] = "k%07d".formatted(i).getBytes(US_ASCII);
    }
    return made;
  }

  /** The keys of one client. */
  static Keys of(byte[][] made, long seed, int client) {
    return new Keys(made, seed + client);
  }

  byte @Nullable [] next() {
    return keys.length == 0 ? null : keys[random.nextInt(keys.length)];
  }
}
