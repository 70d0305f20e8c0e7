package dev.funes.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.state.ProducerState.ProducerBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The values of the database: a version byte, then the fields, big-endian. */
final class Values {
  private static final byte VERSION = 1;
  private static final int OFFSET_BYTES = 1 + Long.BYTES + Integer.BYTES + Long.BYTES;
  private static final int PRODUCER_BYTES = 1 + Short.BYTES + Long.BYTES + 1;
  private static final int BATCH_BYTES = 2 * Integer.BYTES + Long.BYTES;

  private Values() {}

  static byte[] encode(StoredOffset offset) {
    byte[] metadata = offset.metadata().getBytes(UTF_8);
    return ByteBuffer.allocate(OFFSET_BYTES + metadata.length)
        .put(VERSION)
        .putLong(offset.offset())
        .putInt(offset.leaderEpoch())
        .putLong(offset.commitTimeMillis())
        .put(metadata)
        .array();
  }

  static StoredOffset offset(byte[] value) {
    ByteBuffer in = open(value);
    long offset = in.getLong();
    int leaderEpoch = in.getInt();
    long commitTimeMillis = in.getLong();
    String metadata = new String(value, in.position(), in.remaining(), UTF_8);
    return new StoredOffset(offset, leaderEpoch, metadata, commitTimeMillis);
  }

  static byte[] encode(ProducerState state) {
    ByteBuffer out =
        ByteBuffer.allocate(PRODUCER_BYTES + state.batches().size() * BATCH_BYTES)
            .put(VERSION)
            .putShort(state.epoch())
            .putLong(state.lastTimestampMillis())
            .put((byte) state.batches().size());
    for (ProducerBatch batch : state.batches()) {
      out.putInt(batch.baseSequence()).putInt(batch.lastSequence()).putLong(batch.baseOffset());
    }
    return out.array();
  }

  static ProducerState producer(byte[] value) {
    ByteBuffer in = open(value);
    short epoch = in.getShort();
    long lastTimestampMillis = in.getLong();
    int count = in.get();
    List<ProducerBatch> batches = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batches.add(new ProducerBatch(in.getInt(), in.getInt(), in.getLong()));
    }
    return new ProducerState(epoch, batches, lastTimestampMillis);
  }

  static byte[] encode(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static long number(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  private static ByteBuffer open(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalStateException("expected a value of version 1, was " + version);
    }
    return in;
  }
}
