package dev.funes.record;

import java.nio.ByteBuffer;

/**
 * What a node checks before it proposes a batch: the header, the checksum, and every record, so
 * that nothing malformed and nothing above the limits can enter a log. Records are walked, not
 * decoded; a compressed batch is decompressed in a small window and never held whole.
 *
 * <p>Thread-safe: it holds nothing but the limits.
 */
public final class BatchValidator {
  private static final int KNOWN_ATTRIBUTES = BatchLayout.CODEC_MASK;

  private final int recordBytesMax;
  private final int batchBytesMax;

  /** Whether a batch may enter a log. */
  public sealed interface Validation {
    /** It may. The view is on the buffer that was validated. */
    record Valid(RecordBatch batch) implements Validation {}

    /**
     * It may not.
     *
     * @param field what is wrong, as in {@link InvalidBatchException#field()}
     * @param message one line for a person
     * @param limit the limit in bytes that was passed; 0 when it is not about a limit
     */
    record Invalid(Reason reason, String field, String message, long limit) implements Validation {}
  }

  /** Why a batch is refused. */
  public enum Reason {
    /** The bytes are not one whole, consistent batch. */
    CORRUPT,
    BATCH_TOO_LARGE,
    RECORD_TOO_LARGE,
    /** A well-formed batch of a kind that clients may not produce. */
    UNSUPPORTED
  }

  /**
   * @param recordBytesMax the greatest size of one record as it is stored uncompressed, without its
   *     length field; above 0
   * @param batchBytesMax the greatest size of a batch as it is sent, header included; above {@link
   *     RecordBatch#HEADER_BYTES}, up to {@link RecordBatch#UNCOMPRESSED_BYTES_MAX}
   * @throws IllegalArgumentException when a limit is out of its range
   */
  public BatchValidator(int recordBytesMax, int batchBytesMax) {
    if (recordBytesMax < 1) {
      throw new IllegalArgumentException("expected recordBytesMax above 0, was " + recordBytesMax);
    }
    if (batchBytesMax <= RecordBatch.HEADER_BYTES
        || batchBytesMax > RecordBatch.UNCOMPRESSED_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected batchBytesMax above "
              + RecordBatch.HEADER_BYTES
              + " and up to "
              + RecordBatch.UNCOMPRESSED_BYTES_MAX
              + ", was "
              + batchBytesMax);
    }
    this.recordBytesMax = recordBytesMax;
    this.batchBytesMax = batchBytesMax;
  }

  /**
   * Validates the one batch that fills the buffer from its position to its limit; moves neither.
   */
  public Validation validate(ByteBuffer batch) {
    if (batch.remaining() > batchBytesMax) {
      return new Validation.Invalid(
          Reason.BATCH_TOO_LARGE,
          "batch.length",
          "a batch may have " + batchBytesMax + " bytes, this one has " + batch.remaining(),
          batchBytesMax);
    }
    try {
      RecordBatch view = RecordBatch.at(batch, batch.position());
      if (view.sizeBytes() != batch.remaining()) {
        return corrupt(
            "batch.length",
            "expected one batch of " + batch.remaining() + " bytes, was " + view.sizeBytes());
      }
      Validation header = header(view);
      return header instanceof Validation.Valid ? records(view) : header;
    } catch (InvalidBatchException e) {
      return corrupt(e.field(), String.valueOf(e.getMessage()));
    }
  }

  private static Validation header(RecordBatch batch) {
    if (batch.magic() != BatchLayout.CURRENT_MAGIC) {
      return unsupported("batch.magic", "expected 2, was " + batch.magic());
    }
    if (!batch.crcMatches()) {
      return corrupt("batch.crc", "the checksum does not match the bytes");
    }
    if ((batch.attributes() & BatchLayout.CODEC_MASK) > Compression.ZSTD.id()) {
      return unsupported(
          "batch.attributes", "unknown codec " + (batch.attributes() & BatchLayout.CODEC_MASK));
    }
    if (batch.isControl() || batch.isTransactional()) {
      return unsupported(
          "batch.attributes", "control and transactional batches are not taken from clients");
    }
    if ((batch.attributes() & ~KNOWN_ATTRIBUTES) != 0) {
      return unsupported(
          "batch.attributes", "expected a codec and create time only, was " + batch.attributes());
    }
    if (batch.recordCount() < 1 || batch.lastOffsetDelta() != batch.recordCount() - 1) {
      return corrupt(
          "batch.recordCount",
          "expected at least 1 and last offset delta + 1, was "
              + batch.recordCount()
              + " with last offset delta "
              + batch.lastOffsetDelta());
    }
    if (batch.producerId() < BatchLayout.NONE) {
      return corrupt("batch.producerId", "expected -1 or more, was " + batch.producerId());
    }
    if (batch.producerId() >= 0 && batch.producerEpoch() < 0) {
      return corrupt("batch.producerEpoch", "expected 0 or more, was " + batch.producerEpoch());
    }
    if (batch.producerId() >= 0 && batch.baseSequence() < 0) {
      return corrupt("batch.baseSequence", "expected 0 or more, was " + batch.baseSequence());
    }
    return new Validation.Valid(batch);
  }

  private Validation records(RecordBatch batch) {
    long tooLarge = RecordReader.walk(batch, recordBytesMax, RecordBatch.UNCOMPRESSED_BYTES_MAX);
    if (tooLarge >= 0) {
      return new Validation.Invalid(
          Reason.RECORD_TOO_LARGE,
          "record.length",
          "a record may have " + recordBytesMax + " bytes, this batch has one of " + tooLarge,
          recordBytesMax);
    }
    return new Validation.Valid(batch);
  }

  private static Validation corrupt(String field, String message) {
    return new Validation.Invalid(Reason.CORRUPT, field, message, 0);
  }

  private static Validation unsupported(String field, String message) {
    return new Validation.Invalid(Reason.UNSUPPORTED, field, message, 0);
  }
}
