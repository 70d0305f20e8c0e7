package dev.funes.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * A view of one batch inside a buffer. Every read is absolute, nothing is copied, and nothing is
 * checked but that the whole batch lies in the buffer: {@link BatchValidator} checks the rest.
 *
 * <p>Any number of threads may read one view, as long as nobody writes to the bytes.
 */
public final class RecordBatch {
  public static final int HEADER_BYTES = BatchLayout.RECORDS;

  /**
   * The most that the records of one batch may take uncompressed, so that a few compressed bytes
   * cannot fill the memory of a node or of a consumer. Nodes refuse batches past it: what is in a
   * log can be read.
   */
  public static final int UNCOMPRESSED_BYTES_MAX = 16 * 1024 * 1024;

  /** Invariant: from 0 to capacity exactly this batch, big-endian; its position never moves. */
  private final ByteBuffer bytes;

  private RecordBatch(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * The batch that starts at an absolute position.
   *
   * @throws InvalidBatchException when the batch does not wholly lie between the position and the
   *     limit
   */
  public static RecordBatch at(ByteBuffer buffer, int position) {
    int sizeBytes = sizeBytesAt(buffer, position);
    int present = buffer.limit() - position;
    if (sizeBytes > present) {
      throw new InvalidBatchException(
          "batch.length",
          "expected a batch of " + sizeBytes + " bytes, only " + present + " there");
    }
    return new RecordBatch(buffer.slice(position, sizeBytes));
  }

  /**
   * The size of the batch that starts at an absolute position, header included; at least {@link
   * #HEADER_BYTES}. Needs the first 12 bytes of the batch only.
   *
   * @throws InvalidBatchException when they are not there, or say an impossible size
   */
  public static int sizeBytesAt(ByteBuffer buffer, int position) {
    long present = (long) buffer.limit() - position;
    if (position < 0 || present < BatchLayout.BYTES_BEFORE_LENGTH_COUNTS) {
      throw new InvalidBatchException(
          "batch.length",
          "expected at least 12 bytes at position " + position + ", was " + present);
    }
    int length = buffer.getInt(position + BatchLayout.LENGTH);
    if (buffer.order() == ByteOrder.LITTLE_ENDIAN) {
      length = Integer.reverseBytes(length);
    }
    int smallest = HEADER_BYTES - BatchLayout.BYTES_BEFORE_LENGTH_COUNTS;
    int greatest = Integer.MAX_VALUE - BatchLayout.BYTES_BEFORE_LENGTH_COUNTS;
    if (length < smallest || length > greatest) {
      throw new InvalidBatchException(
          "batch.length", "expected " + smallest + " to " + greatest + ", was " + length);
    }
    return length + BatchLayout.BYTES_BEFORE_LENGTH_COUNTS;
  }

  /**
   * The batches that fill a buffer from its position to its limit, back to back.
   *
   * @throws InvalidBatchException when the last one is not whole
   */
  public static List<RecordBatch> split(ByteBuffer batches) {
    List<RecordBatch> found = new ArrayList<>();
    int position = batches.position();
    while (position < batches.limit()) {
      RecordBatch batch = at(batches, position);
      found.add(batch);
      position += batch.sizeBytes();
    }
    return Collections.unmodifiableList(found);
  }

  /**
   * A copy of the header with the two fields that a node decides and that the checksum does not
   * cover.
   */
  public ByteBuffer stampedHeader(long baseOffset, int leaderEpoch) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put(0, bytes, 0, HEADER_BYTES)
        .putLong(BatchLayout.BASE_OFFSET, baseOffset)
        .putInt(BatchLayout.LEADER_EPOCH, leaderEpoch);
  }

  public long baseOffset() {
    return bytes.getLong(BatchLayout.BASE_OFFSET);
  }

  /** Of the whole batch, header included. */
  public int sizeBytes() {
    return bytes.capacity();
  }

  /** The Raft term in which the batch was appended; -1 before that. */
  public int leaderEpoch() {
    return bytes.getInt(BatchLayout.LEADER_EPOCH);
  }

  public int magic() {
    return bytes.get(BatchLayout.MAGIC);
  }

  public int crc() {
    return bytes.getInt(BatchLayout.CRC);
  }

  public int attributes() {
    return bytes.getShort(BatchLayout.ATTRIBUTES);
  }

  /**
   * The codec of the records.
   *
   * @throws InvalidBatchException when the attributes name none that exists
   */
  public Compression compression() {
    int id = attributes() & BatchLayout.CODEC_MASK;
    if (id > Compression.ZSTD.id()) {
      throw new InvalidBatchException(
          "batch.attributes", "expected a codec from 0 to 4, was " + id);
    }
    return Compression.ofId(id);
  }

  public int lastOffsetDelta() {
    return bytes.getInt(BatchLayout.LAST_OFFSET_DELTA);
  }

  public long lastOffset() {
    return baseOffset() + lastOffsetDelta();
  }

  /** The base offset of the batch that follows. */
  public long nextOffset() {
    return lastOffset() + 1;
  }

  /** What the timestamps of the records count from, in milliseconds. */
  public long baseTimestamp() {
    return bytes.getLong(BatchLayout.BASE_TIMESTAMP);
  }

  /** The greatest timestamp of the records, in milliseconds. */
  public long maxTimestamp() {
    return bytes.getLong(BatchLayout.MAX_TIMESTAMP);
  }

  /** Whose batch this is; -1 when the producer wants no protection against duplicates. */
  public long producerId() {
    return bytes.getLong(BatchLayout.PRODUCER_ID);
  }

  public short producerEpoch() {
    return bytes.getShort(BatchLayout.PRODUCER_EPOCH);
  }

  /** The number of the first record in the producer's count for the partition; -1 for none. */
  public int baseSequence() {
    return bytes.getInt(BatchLayout.BASE_SEQUENCE);
  }

  /**
   * The number of the last record in the producer's count, which goes from 2^31 - 1 on to 0; -1 for
   * none.
   */
  public int lastSequence() {
    int base = baseSequence();
    return base == BatchLayout.NONE
        ? BatchLayout.NONE
        : (base + lastOffsetDelta()) & Integer.MAX_VALUE;
  }

  public int recordCount() {
    return bytes.getInt(BatchLayout.RECORD_COUNT);
  }

  public boolean isTransactional() {
    return (attributes() & BatchLayout.TRANSACTIONAL_BIT) != 0;
  }

  public boolean isControl() {
    return (attributes() & BatchLayout.CONTROL_BIT) != 0;
  }

  /**
   * Whether every record's timestamp is {@link #maxTimestamp()}, set when the batch was appended.
   */
  boolean hasAppendTime() {
    return (attributes() & BatchLayout.APPEND_TIME_BIT) != 0;
  }

  /** Whether the stored checksum is that of the bytes: reads the whole batch once. */
  public boolean crcMatches() {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(BatchLayout.CRC_START, bytes.capacity() - BatchLayout.CRC_START));
    return (int) crc.getValue() == crc();
  }

  /** Exactly this batch, read-only, from position 0. The bytes are shared, not copied. */
  public ByteBuffer bytes() {
    return bytes.asReadOnlyBuffer();
  }

  /**
   * A copy of this batch under another producer and number, with its checksum made anew: position 0
   * to the limit.
   *
   * @throws IllegalArgumentException when one of them is negative
   */
  public ByteBuffer withProducer(long producerId, short producerEpoch, int baseSequence) {
    if (producerId < 0 || producerEpoch < 0 || baseSequence < 0) {
      throw new IllegalArgumentException(
          "expected a producer from 0 on, was id %d, epoch %d, sequence %d"
              .formatted(producerId, producerEpoch, baseSequence));
    }
    ByteBuffer copy = ByteBuffer.allocate(bytes.capacity());
    copy.put(0, bytes, 0, bytes.capacity());
    copy.putLong(BatchLayout.PRODUCER_ID, producerId);
    copy.putShort(BatchLayout.PRODUCER_EPOCH, producerEpoch);
    copy.putInt(BatchLayout.BASE_SEQUENCE, baseSequence);
    CRC32C crc = new CRC32C();
    crc.update(copy.slice(BatchLayout.CRC_START, copy.capacity() - BatchLayout.CRC_START));
    copy.putInt(BatchLayout.CRC, (int) crc.getValue());
    return copy;
  }

  /** The records as they are stored, compressed or not. */
  ByteBuffer payload() {
    return bytes.slice(HEADER_BYTES, bytes.capacity() - HEADER_BYTES);
  }

  /**
   * Checks the checksum and decodes every record, copying keys, values and headers.
   *
   * @param uncompressedBytesMax how much the records may take, uncompressed; {@link
   *     #UNCOMPRESSED_BYTES_MAX} is enough for whatever a node took
   * @throws InvalidBatchException when the batch is damaged or passes the limit
   */
  public List<LogRecord> records(int uncompressedBytesMax) {
    return RecordReader.readAll(this, uncompressedBytesMax);
  }

  /**
   * Checks the checksum and decodes one record after the other, as long as the visitor answers
   * true: a small batch can hold millions of records, and this holds one of them at a time.
   *
   * @param uncompressedBytesMax as for {@link #records}
   * @throws InvalidBatchException when the batch is damaged before the visitor ended it, or passes
   *     the limit
   */
  public void forEachWhile(int uncompressedBytesMax, Predicate<LogRecord> visitor) {
    RecordReader.readWhile(this, uncompressedBytesMax, visitor);
  }

  @Override
  public String toString() {
    return "RecordBatch[base offset "
        + baseOffset()
        + ", "
        + recordCount()
        + " records, "
        + sizeBytes()
        + " bytes]";
  }
}
