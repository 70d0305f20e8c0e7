package dev.funes.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes records into one growing buffer and seals them as a batch: compressed once, checksummed
 * once.
 *
 * <p>A batch that its codec cannot make smaller is stored uncompressed, so a batch is never larger
 * than {@link #estimatedBytes()}; the codec is then left alone for the next batches, up to 31 of
 * them when it goes on like that, for what cannot be compressed seldom comes alone.
 *
 * <p>Not thread-safe. After {@link #build()} it is empty again, without a producer.
 */
public final class RecordBatchBuilder {
  private static final int FIRST_CAPACITY_BYTES = 1024;
  private static final byte[][] NO_NAMES = {};

  /** A codec that saves less than this part of a batch is left alone for some batches. */
  private static final int SAVING_WORTH_TRYING = 16;

  private static final int PAUSE_BATCHES_MAX = 31;

  /** A smaller batch says nothing of the next one: codecs need some bytes to find repetition. */
  private static final int TELLING_BYTES = 4096;

  private final Compression compression;
  private final int batchBytesMax;
  private final GrowingBuffer buffer;
  private final GrowingBuffer compressed;

  private int pauseBatches; // How many were not tried after the last one that was not worth it.
  private int untriedBatches;
  private int recordCount;
  private long baseTimestamp;
  private long maxTimestamp;
  private long producerId;
  private short producerEpoch;
  private int baseSequence;

  /**
   * @param batchBytesMax the greatest size of a batch, header included, before compression; more
   *     than {@link RecordBatch#HEADER_BYTES}
   */
  public RecordBatchBuilder(Compression compression, int batchBytesMax) {
    if (batchBytesMax <= RecordBatch.HEADER_BYTES) {
      throw new IllegalArgumentException(
          "expected batchBytesMax above " + RecordBatch.HEADER_BYTES + ", was " + batchBytesMax);
    }
    this.compression = compression;
    this.batchBytesMax = batchBytesMax;
    this.buffer = new GrowingBuffer(Math.min(batchBytesMax, FIRST_CAPACITY_BYTES));
    this.compressed = new GrowingBuffer(RecordBatch.HEADER_BYTES);
    clear();
  }

  /**
   * Names the producer and the number of the first record, so that a batch sent twice is stored
   * once. May be called at any time before {@link #build()}.
   *
   * @throws IllegalArgumentException when one of them is negative
   */
  public RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
    if (producerId < 0 || producerEpoch < 0 || baseSequence < 0) {
      throw new IllegalArgumentException(
          "expected a producer from 0 on, was id "
              + producerId
              + ", epoch "
              + producerEpoch
              + ", sequence "
              + baseSequence);
    }
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
    this.baseSequence = baseSequence;
    return this;
  }

  /**
   * Adds one record, copying it. False, and nothing added, when the batch would pass its greatest
   * size; an empty batch answers false only for a record that no batch of this size can hold.
   *
   * @param timestampMillis milliseconds since 1970 in UTC, or -1 for none
   * @throws IllegalArgumentException when the timestamp is below -1
   */
  public boolean append(
      long timestampMillis, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
    if (timestampMillis < BatchLayout.NONE) {
      throw new IllegalArgumentException("expected a timestamp from -1 on, was " + timestampMillis);
    }
    long timestampDelta = recordCount == 0 ? 0 : timestampMillis - baseTimestamp;
    byte[][] names = encodedNames(headers);
    long body =
        1L
            + GrowingBuffer.varlongBytes(timestampDelta)
            + GrowingBuffer.varintBytes(recordCount)
            + fieldBytes(key)
            + fieldBytes(value)
            + headerBytes(names, headers);
    long room = (long) batchBytesMax - buffer.size();
    if (body > room || body + GrowingBuffer.varintBytes((int) body) > room) {
      return false;
    }
    if (recordCount == 0) {
      baseTimestamp = timestampMillis;
    }
    buffer.writeVarint((int) body);
    buffer.write(0);
    buffer.writeVarlong(timestampDelta);
    buffer.writeVarint(recordCount);
    writeField(key);
    writeField(value);
    writeHeaders(names, headers);
    maxTimestamp = Math.max(maxTimestamp, timestampMillis);
    recordCount++;
    return true;
  }

  /** The greatest size of a batch, header included, before compression. */
  public int batchBytesMax() {
    return batchBytesMax;
  }

  public int recordCount() {
    return recordCount;
  }

  /**
   * The size of the batch if it were built now and not compressed: never less than what is built.
   */
  public int estimatedBytes() {
    return buffer.size();
  }

  /**
   * The whole batch, at base offset 0 and leader epoch -1, from position 0 to the limit. The buffer
   * is the caller's, and no larger than the batch.
   *
   * @throws IllegalStateException when no record was added
   */
  public ByteBuffer build() {
    if (recordCount == 0) {
      throw new IllegalStateException("expected at least one record in the batch, was none");
    }
    Compression codec = compress() ? compression : Compression.NONE;
    GrowingBuffer whole = codec == Compression.NONE ? buffer : compressed;
    ByteBuffer batch = ByteBuffer.wrap(Arrays.copyOf(whole.array(), whole.size()));
    writeHeader(batch, codec);
    clear();
    return batch;
  }

  /** False when the codec does not make the batch smaller, or did not a moment ago. */
  private boolean compress() {
    if (compression == Compression.NONE || untriedBatches-- > 0) {
      return false;
    }
    compressed.resize(RecordBatch.HEADER_BYTES);
    int records = buffer.size() - RecordBatch.HEADER_BYTES;
    Codec.compress(compression, buffer.array(), RecordBatch.HEADER_BYTES, records, compressed);
    int saved = buffer.size() - compressed.size();
    if (buffer.size() >= TELLING_BYTES && saved < buffer.size() / SAVING_WORTH_TRYING) {
      pauseBatches = Math.min(2 * pauseBatches + 1, PAUSE_BATCHES_MAX);
      untriedBatches = pauseBatches;
    } else {
      pauseBatches = 0;
      untriedBatches = 0;
    }
    return saved > 0;
  }

  private void writeHeader(ByteBuffer batch, Compression codec) {
    batch.putLong(BatchLayout.BASE_OFFSET, 0);
    batch.putInt(BatchLayout.LENGTH, batch.limit() - BatchLayout.BYTES_BEFORE_LENGTH_COUNTS);
    batch.putInt(BatchLayout.LEADER_EPOCH, BatchLayout.NONE);
    batch.put(BatchLayout.MAGIC, BatchLayout.CURRENT_MAGIC);
    batch.putShort(BatchLayout.ATTRIBUTES, (short) codec.id());
    batch.putInt(BatchLayout.LAST_OFFSET_DELTA, recordCount - 1);
    batch.putLong(BatchLayout.BASE_TIMESTAMP, baseTimestamp);
    batch.putLong(BatchLayout.MAX_TIMESTAMP, maxTimestamp);
    batch.putLong(BatchLayout.PRODUCER_ID, producerId);
    batch.putShort(BatchLayout.PRODUCER_EPOCH, producerEpoch);
    batch.putInt(BatchLayout.BASE_SEQUENCE, baseSequence);
    batch.putInt(BatchLayout.RECORD_COUNT, recordCount);
    CRC32C crc = new CRC32C();
    crc.update(batch.slice(BatchLayout.CRC_START, batch.limit() - BatchLayout.CRC_START));
    batch.putInt(BatchLayout.CRC, (int) crc.getValue());
  }

  private void clear() {
    buffer.resize(RecordBatch.HEADER_BYTES);
    recordCount = 0;
    baseTimestamp = BatchLayout.NONE;
    maxTimestamp = BatchLayout.NONE;
    producerId = BatchLayout.NONE;
    producerEpoch = BatchLayout.NONE;
    baseSequence = BatchLayout.NONE;
  }

  private static byte[][] encodedNames(List<Header> headers) {
    if (headers.isEmpty()) {
      return NO_NAMES;
    }
    byte[][] names = new byte[headers.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = headers.get(i).name().getBytes(StandardCharsets.UTF_8);
    }
    return names;
  }

  private static long fieldBytes(byte @Nullable [] field) {
    return field == null ? 1 : (long) GrowingBuffer.varintBytes(field.length) + field.length;
  }

  private static long headerBytes(byte[][] names, List<Header> headers) {
    long bytes = GrowingBuffer.varintBytes(names.length);
    for (int i = 0; i < names.length; i++) {
      bytes += fieldBytes(names[i]) + fieldBytes(headers.get(i).value());
    }
    return bytes;
  }

  private void writeField(byte @Nullable [] field) {
    if (field == null) {
      buffer.writeVarint(-1);
    } else {
      buffer.writeVarint(field.length);
      buffer.write(field, 0, field.length);
    }
  }

  private void writeHeaders(byte[][] names, List<Header> headers) {
    buffer.writeVarint(names.length);
    for (int i = 0; i < names.length; i++) {
      writeField(names[i]);
      writeField(headers.get(i).value());
    }
  }
}
