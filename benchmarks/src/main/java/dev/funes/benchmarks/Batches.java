package dev.funes.benchmarks;

import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Records and batches to measure with, the same ones in each run. */
public final class Batches {
  private static final long SEED = 7;
  private static final long TIMESTAMP_MILLIS = 1_700_000_000_000L;

  private Batches() {}

  /**
   * Values that compress about as events do, to a third or so: a few field names and words around
   * digits that do not repeat.
   */
  static byte[][] values(int count, int valueBytes) {
    String[] words = {"created", "shipped", "cancelled", "customer", "amount", "position", "state"};
    Random random = new Random(SEED);
    byte[][] values = new byte[count][];
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder(valueBytes + 40);
      while (text.length() < valueBytes) {
        text.append('"').append(words[random.nextInt(words.length)]).append("\":");
        text.append(random.nextLong(1_000_000_000L)).append(',');
      }
      values[i] = text.substring(0, valueBytes).getBytes(StandardCharsets.US_ASCII);
    }
    return values;
  }

  /** Fills a builder with as many of the values as it takes, and builds. */
  static ByteBuffer fill(RecordBatchBuilder builder, byte[][] values) {
    int i = 0;
    while (builder.append(TIMESTAMP_MILLIS + i, null, values[i % values.length], List.of())) {
      i++;
    }
    return builder.build();
  }

  /** One batch of nearly that size before compression, of no particular producer. */
  public static ByteBuffer batch(Compression compression, int batchBytes, int recordBytes) {
    byte[][] values = values(Math.max(1, batchBytes / recordBytes), recordBytes);
    return fill(new RecordBatchBuilder(compression, batchBytes), values);
  }

  /** The same, of an idempotent producer. */
  public static ByteBuffer batch(int batchBytes, int recordBytes, long producerId) {
    byte[][] values = values(Math.max(1, batchBytes / recordBytes), recordBytes);
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, batchBytes);
    return fill(builder.producer(producerId, (short) 0, 0), values);
  }
}
