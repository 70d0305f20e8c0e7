package dev.funes.cli.perf;

import java.util.List;
import java.util.Random;

/** The values to send, made ahead of the run. One thread for each. */
interface Payload {
  /** The next value; only valid until the next call, and not to be changed. */
  byte[] next();

  /** Where the payloads of all clients come from. Thread-safe. */
  interface Source {
    /** The payload of one of so many clients. */
    Payload of(int client, int clients);
  }

  /** Random bytes, which no codec makes smaller. */
  static Source random(long seed, int recordBytes) {
    byte[] pool = new byte[Math.max(RandomSlices.POOL_BYTES_MIN, 2 * recordBytes)];
    new Random(seed).nextBytes(pool);
    return (client, clients) -> new RandomSlices(pool, recordBytes, client);
  }

  /** These values over and over; each client begins elsewhere. */
  static Source repeated(List<byte[]> values) {
    return (client, clients) -> {
      int first = (int) ((long) values.size() * client / clients);
      return new Repeated(values, first);
    };
  }

  /** Slices of a pool at positions that move on by an odd number. */
  final class RandomSlices implements Payload {
    /** More than a codec looks back within a batch. */
    static final int POOL_BYTES_MIN = 1 << 20;

    private static final int STRIDE = 61;

    private final byte[] pool;
    private final byte[] value;
    private int position;

    private RandomSlices(byte[] pool, int recordBytes, int client) {
      this.pool = pool;
      this.value = new byte[recordBytes];
      this.position = (int) ((client * 7919L) % (pool.length - recordBytes));
    }

    @Override
    public byte[] next() {
      // Copied into one array, which costs less than making one: a producer has copied the value
      // when it returns.
      System.arraycopy(pool, position, value, 0, value.length);
      position += value.length + STRIDE;
      if (position > pool.length - value.length) {
        position %= pool.length - value.length;
      }
      return value;
    }
  }

  /** One value after the other. */
  final class Repeated implements Payload {
    private final List<byte[]> values;
    private int next;

    private Repeated(List<byte[]> values, int first) {
      this.values = values;
      this.next = first;
    }

    @Override
    public byte[] next() {
      byte[] value = values.get(next);
      next = next + 1 == values.size() ? 0 : next + 1;
      return value;
    }
  }
}
