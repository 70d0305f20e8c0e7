package dev.funes.chaos.history;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The value of a record of the workload: who wrote it, filler that follows from that, and a
 * checksum. So a reader can tell by itself whether it is what was written.
 *
 * <p>Layout, big-endian: run id u32, producer u32, epoch u16, partition u16, sequence u64, length
 * of the filler u32, filler, CRC-32C of all before it u32.
 */
public record RecordValue(int runId, int producer, int epoch, int part, long seq) {
  private static final int HEAD_BYTES = 24;
  private static final int CRC_BYTES = 4;

  /** The smallest value. */
  public static final int BYTES_MIN = HEAD_BYTES + CRC_BYTES;

  /** What a value was read as. */
  public sealed interface Parsed {
    record Good(RecordValue value) implements Parsed {}

    record Bad(String problem) implements Parsed {}
  }

  /**
   * The bytes of the value.
   *
   * @param bytes how many, from {@link #BYTES_MIN}
   */
  public byte[] encode(int bytes) {
    if (bytes < BYTES_MIN) {
      throw new IllegalArgumentException("bytes: " + bytes + " is less than " + BYTES_MIN);
    }
    int filler = bytes - BYTES_MIN;
    byte[] value = new byte[bytes];
    ByteBuffer buffer = ByteBuffer.wrap(value);
    buffer.putInt(runId).putInt(producer).putShort((short) epoch).putShort((short) part);
    buffer.putLong(seq).putInt(filler);
    fill(value, filler);
    CRC32C crc = new CRC32C();
    crc.update(value, 0, HEAD_BYTES + filler);
    buffer.putInt(HEAD_BYTES + filler, (int) crc.getValue());
    return value;
  }

  private void fill(byte[] value, int filler) {
    long x = runId * 0x9E3779B97F4A7C15L ^ RecordKey.of(producer, epoch, seq) ^ ((long) part << 33);
    x = x == 0 ? 1 : x;
    for (int i = 0; i < filler; i += Long.BYTES) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
      for (int j = i; j < Math.min(filler, i + Long.BYTES); j++) {
        value[HEAD_BYTES + j] = (byte) (x >>> ((j - i) * Byte.SIZE));
      }
    }
  }

  /** Reads a value and checks all of it. */
  public static Parsed parse(byte[] bytes) {
    if (bytes.length < BYTES_MIN) {
      return new Parsed.Bad("has only " + bytes.length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int runId = buffer.getInt();
    int producer = buffer.getInt();
    int epoch = Short.toUnsignedInt(buffer.getShort());
    int part = Short.toUnsignedInt(buffer.getShort());
    long seq = buffer.getLong();
    int filler = buffer.getInt();
    if (filler != bytes.length - BYTES_MIN) {
      return new Parsed.Bad(
          "says it has %d bytes of filler, has %d".formatted(filler, bytes.length));
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, HEAD_BYTES + filler);
    if ((int) crc.getValue() != buffer.getInt(HEAD_BYTES + filler)) {
      return new Parsed.Bad("has a wrong checksum");
    }
    if (producer < 0
        || producer > RecordKey.PRODUCER_MAX
        || epoch > RecordKey.EPOCH_MAX
        || seq < 0
        || seq > RecordKey.SEQ_MAX) {
      return new Parsed.Bad("names a producer, epoch or sequence that cannot be");
    }
    RecordValue value = new RecordValue(runId, producer, epoch, part, seq);
    if (!Arrays.equals(value.encode(bytes.length), bytes)) {
      return new Parsed.Bad("has other filler than its writer makes");
    }
    return new Parsed.Good(value);
  }

  /** Its identity within the partition. */
  public long key() {
    return RecordKey.of(producer, epoch, seq);
  }
}
