package dev.funes.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Batches and records for tests. */
final class TestBatches {
  static final int BATCH_BYTES_MAX = 1 << 20;
  static final long NOW_MILLIS = 1_800_000_000_000L;

  private TestBatches() {}

  /**
   * Records with null, empty, repetitive and random keys and values, with headers, in no order of
   * time.
   */
  static List<LogRecord> randomRecords(Random random) {
    int count = 1 + random.nextInt(random.nextBoolean() ? 5 : 300);
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long timestamp =
          switch (random.nextInt(8)) {
            case 0 -> -1;
            case 1 -> random.nextLong() & Long.MAX_VALUE;
            default -> NOW_MILLIS + random.nextInt(-10_000, 10_000);
          };
      records.add(
          new LogRecord(
              i, timestamp, randomBytes(random), randomBytes(random), randomHeaders(random)));
    }
    return records;
  }

  private static List<Header> randomHeaders(Random random) {
    List<Header> headers = new ArrayList<>();
    int count = random.nextInt(4) == 0 ? random.nextInt(5) : 0;
    for (int i = 0; i < count; i++) {
      String name = random.nextInt(5) == 0 ? "" : "größe-" + random.nextInt(100);
      headers.add(new Header(name, randomBytes(random)));
    }
    return headers;
  }

  private static byte @Nullable [] randomBytes(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> {
        byte[] noise = new byte[random.nextInt(400)];
        random.nextBytes(noise);
        yield noise;
      }
      default -> "user-17 clicked ".repeat(random.nextInt(20)).getBytes(StandardCharsets.UTF_8);
    };
  }

  static RecordBatchBuilder builder(Compression compression, List<LogRecord> records) {
    RecordBatchBuilder builder = new RecordBatchBuilder(compression, BATCH_BYTES_MAX);
    for (LogRecord record : records) {
      if (!builder.append(
          record.timestampMillis(), record.key(), record.value(), record.headers())) {
        throw new AssertionError("expected room for record " + record.offset());
      }
    }
    return builder;
  }

  static ByteBuffer build(Compression compression, List<LogRecord> records) {
    return builder(compression, records).build();
  }

  /** Five small records that every codec makes smaller. */
  static ByteBuffer small(Compression compression) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
      byte[] value = "the same words again and again, ".repeat(3).getBytes(StandardCharsets.UTF_8);
      records.add(
          new LogRecord(i, NOW_MILLIS + i, key, value, List.of(new Header("trace", new byte[8]))));
    }
    return build(compression, records);
  }

  /** A batch with a valid header and checksum around any payload. */
  static ByteBuffer around(Compression compression, int recordCount, byte[] payload) {
    byte[] bytes = new byte[RecordBatch.HEADER_BYTES + payload.length];
    ByteBuffer batch = ByteBuffer.wrap(bytes);
    batch.put(0, small(Compression.NONE), 0, RecordBatch.HEADER_BYTES);
    batch.put(RecordBatch.HEADER_BYTES, payload);
    batch.putInt(BatchLayout.LENGTH, bytes.length - 12);
    batch.putShort(BatchLayout.ATTRIBUTES, (short) compression.id());
    batch.putInt(BatchLayout.LAST_OFFSET_DELTA, recordCount - 1);
    batch.putInt(BatchLayout.RECORD_COUNT, recordCount);
    return withCrc(batch);
  }

  /** Puts the right checksum on whatever the bytes are. */
  static ByteBuffer withCrc(ByteBuffer batch) {
    CRC32C crc = new CRC32C();
    crc.update(batch.slice(BatchLayout.CRC_START, batch.limit() - BatchLayout.CRC_START));
    return batch.putInt(BatchLayout.CRC, (int) crc.getValue());
  }

  static byte[] bytesOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }
}
