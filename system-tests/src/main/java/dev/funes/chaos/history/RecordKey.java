package dev.funes.chaos.history;

/**
 * A record's identity within its partition as one number: producer (15 bits), its epoch (8 bits)
 * and sequence (40 bits). Keys of sequences that follow each other follow each other.
 */
public final class RecordKey {
  /** The largest sequence. */
  public static final long SEQ_MAX = (1L << 40) - 1;

  /** The largest producer id. */
  public static final int PRODUCER_MAX = (1 << 15) - 1;

  /** The largest epoch. */
  public static final int EPOCH_MAX = (1 << 8) - 1;

  private RecordKey() {}

  public static long of(int producer, int epoch, long seq) {
    if (producer < 0 || producer > PRODUCER_MAX) {
      throw new IllegalArgumentException("producer: " + producer + " is above " + PRODUCER_MAX);
    }
    if (epoch < 0 || epoch > EPOCH_MAX) {
      throw new IllegalArgumentException("epoch: " + epoch + " is above " + EPOCH_MAX);
    }
    if (seq < 0 || seq > SEQ_MAX) {
      throw new IllegalArgumentException("seq: " + seq + " is above " + SEQ_MAX);
    }
    return ((long) producer << 48) | ((long) epoch << 40) | seq;
  }

  public static int producer(long key) {
    return (int) (key >>> 48);
  }

  public static int epoch(long key) {
    return (int) (key >>> 40) & EPOCH_MAX;
  }

  public static long seq(long key) {
    return key & SEQ_MAX;
  }

  /** Producer and epoch of a key: the same for all records of one writer. */
  public static int writer(long key) {
    return (int) (key >>> 40);
  }

  /** For people. */
  public static String text(long key) {
    return "producer " + producer(key) + "." + epoch(key) + " seq " + seq(key);
  }
}
