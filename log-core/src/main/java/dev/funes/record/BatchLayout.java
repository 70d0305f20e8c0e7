package dev.funes.record;

/** Where the fields of a record batch are, in bytes from its start; big-endian throughout. */
final class BatchLayout {
  static final int BASE_OFFSET = 0;
  static final int LENGTH = 8;
  static final int LEADER_EPOCH = 12;
  static final int MAGIC = 16;
  static final int CRC = 17;
  static final int ATTRIBUTES = 21;
  static final int LAST_OFFSET_DELTA = 23;
  static final int BASE_TIMESTAMP = 27;
  static final int MAX_TIMESTAMP = 35;
  static final int PRODUCER_ID = 43;
  static final int PRODUCER_EPOCH = 51;
  static final int BASE_SEQUENCE = 53;
  static final int RECORD_COUNT = 57;
  static final int RECORDS = 61;

  /** The length field counts what follows it. */
  static final int BYTES_BEFORE_LENGTH_COUNTS = 12;

  /** The checksum covers everything from here to the end of the batch. */
  static final int CRC_START = ATTRIBUTES;

  static final byte CURRENT_MAGIC = 2;

  static final int CODEC_MASK = 0x07;
  static final int APPEND_TIME_BIT = 0x08;
  static final int TRANSACTIONAL_BIT = 0x10;
  static final int CONTROL_BIT = 0x20;

  /** What absent producer ids, epochs, sequences and timestamps are written as. */
  static final int NONE = -1;

  private BatchLayout() {}
}
