package dev.funes.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * MurmurHash2 with the seed that Kafka's producers use, so that a key lands in the partition Kafka
 * gives it.
 */
public final class Murmur2 {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SEED = 0x9747b28c;
  private static final int MULTIPLIER = 0x5bd1e995;

  private Murmur2() {}

  /** The hash of the bytes; any int. */
  public static int hash(byte[] data) {
    int hash = SEED ^ data.length;
    int wholeWordBytes = data.length & ~3;
    for (int i = 0; i < wholeWordBytes; i += Integer.BYTES) {
      int word = (int) INT.get(data, i) * MULTIPLIER;
      word ^= word >>> 24;
      hash = (hash * MULTIPLIER) ^ (word * MULTIPLIER);
    }
    if (wholeWordBytes < data.length) {
      int tail = 0;
      for (int i = data.length - 1; i >= wholeWordBytes; i--) {
        tail = (tail << 8) | (data[i] & 0xff);
      }
      hash = (hash ^ tail) * MULTIPLIER;
    }
    hash = (hash ^ (hash >>> 13)) * MULTIPLIER;
    return hash ^ (hash >>> 15);
  }

  /**
   * The partition of a key, from 0 to {@code partitionCount - 1}.
   *
   * @throws IllegalArgumentException when there is no partition
   */
  public static int partition(byte[] key, int partitionCount) {
    if (partitionCount < 1) {
      throw new IllegalArgumentException("expected at least 1 partition, was " + partitionCount);
    }
    return (hash(key) & Integer.MAX_VALUE) % partitionCount;
  }
}
