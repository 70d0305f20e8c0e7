package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.funes.record.BatchValidator.Validation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

class DecompressionBombTest {
  private static final int UNCOMPRESSED_BYTES = 2 * RecordBatch.UNCOMPRESSED_BYTES_MAX;
  private static final BatchValidator GENEROUS = new BatchValidator(Integer.MAX_VALUE, 1 << 24);

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void refusesFewBytesThatBecomeMany(Compression compression) {
    ByteBuffer bomb = TestBatches.around(compression, 1, compressed(compression, manyBytes()));
    assertThat(bomb.capacity()).isLessThan(UNCOMPRESSED_BYTES / 10);

    assertThat(GENEROUS.validate(bomb)).isInstanceOf(Validation.Invalid.class);
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> RecordBatch.at(bomb, 0).records(RecordBatch.UNCOMPRESSED_BYTES_MAX))
        .matches(e -> e.field().equals("batch.records") || e.field().equals("record.length"));
  }

  /** Many records that are each small: only the sum passes the limit. */
  @ParameterizedTest
  @EnumSource
  void stopsAtTheLimitOfTheReader(Compression compression) {
    RecordBatchBuilder builder = new RecordBatchBuilder(compression, 1 << 22);
    for (int i = 0; i < 2000; i++) {
      assertThat(builder.append(1, null, new byte[1000], List.of())).isTrue();
    }
    RecordBatch batch = RecordBatch.at(builder.build(), 0);

    assertThat(batch.records(1 << 22)).hasSize(2000);
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> batch.records(1_000_000));
  }

  @Test
  void refusesASnappyBlockThatClaimsTwoGigabytes() {
    byte[] claim = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 0, 0};

    assertThat(GENEROUS.validate(TestBatches.around(Compression.SNAPPY, 1, claim)))
        .isInstanceOf(Validation.Invalid.class);
  }

  /** Such a frame makes its reader take 128 MiB of native memory before the first byte is out. */
  @Test
  void refusesAZstdFrameThatRefersFarBack() throws IOException {
    byte[] payload =
        TestBatches.bytesOf(RecordBatch.at(TestBatches.small(Compression.NONE), 0).payload());

    assertThat(GENEROUS.validate(TestBatches.around(Compression.ZSTD, 5, zstd(payload, 23))))
        .isInstanceOf(Validation.Valid.class);
    assertThat(GENEROUS.validate(TestBatches.around(Compression.ZSTD, 5, zstd(payload, 24))))
        .isInstanceOf(Validation.Invalid.class);
  }

  private static byte[] zstd(byte[] payload, int windowLog) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer stream = new ZstdOutputStreamNoFinalizer(target)) {
      stream.setLong(windowLog);
      stream.write(payload, 0, payload.length / 2);
      stream.flush();
      stream.write(payload, payload.length / 2, payload.length - payload.length / 2);
    }
    return target.toByteArray();
  }

  @Test
  void readsABareSnappyBlock() throws IOException {
    ByteBuffer plain = TestBatches.small(Compression.NONE);
    byte[] payload = TestBatches.bytesOf(RecordBatch.at(plain, 0).payload());

    ByteBuffer bare = TestBatches.around(Compression.SNAPPY, 5, Snappy.compress(payload));

    assertThat(GENEROUS.validate(bare)).isInstanceOf(Validation.Valid.class);
    assertThat(RecordBatch.at(bare, 0).records(1 << 20))
        .isEqualTo(RecordBatch.at(plain, 0).records(1 << 20));
  }

  /** One record, rightly encoded, with a value of zeros. */
  private static byte[] manyBytes() {
    GrowingBuffer record = new GrowingBuffer(UNCOMPRESSED_BYTES + 64);
    record.writeVarint(
        1 + 1 + 1 + 1 + GrowingBuffer.varintBytes(UNCOMPRESSED_BYTES) + UNCOMPRESSED_BYTES + 1);
    record.write(0);
    record.writeVarlong(4);
    record.writeVarint(0);
    record.writeVarint(-1);
    record.writeVarint(UNCOMPRESSED_BYTES);
    record.resize(record.size() + UNCOMPRESSED_BYTES);
    record.writeVarint(0);
    return Arrays.copyOf(record.array(), record.size());
  }

  private static byte[] compressed(Compression compression, byte[] bytes) {
    GrowingBuffer target = new GrowingBuffer(1 << 16);
    Codec.compress(compression, bytes, 0, bytes.length, target);
    return Arrays.copyOf(target.array(), target.size());
  }
}
