package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchBuilderTest {
  @ParameterizedTest
  @EnumSource
  void neverPassesItsGreatestSizeAndFillsIt(Compression compression) {
    Random random = Seed.random("neverPassesItsGreatestSizeAndFillsIt");
    byte[] noise = new byte[50];
    RecordBatchBuilder builder = new RecordBatchBuilder(compression, 5000);
    int taken = 0;
    do {
      random.nextBytes(noise);
      taken++;
    } while (builder.append(1, null, noise, List.of()));

    assertThat(builder.recordCount()).isEqualTo(taken - 1);
    assertThat(builder.estimatedBytes()).isBetween(4900, 5000);
    ByteBuffer batch = builder.build();
    assertThat(batch.remaining()).isLessThanOrEqualTo(5000);
    assertThat(RecordBatch.at(batch, 0).records(5000)).hasSize(taken - 1);
  }

  @Test
  void takesTheLargestRecordThatFitsAndNoLarger() {
    int overhead = RecordBatch.HEADER_BYTES + 2 + 1 + 1 + 1 + 1 + 2 + 1;
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, 1000);

    assertThat(builder.append(1, null, new byte[1000 - overhead + 1], List.of())).isFalse();
    assertThat(builder.recordCount()).isZero();
    assertThat(builder.append(1, null, new byte[1000 - overhead], List.of())).isTrue();

    assertThat(builder.estimatedBytes()).isEqualTo(1000);
    assertThat(builder.build().remaining()).isEqualTo(1000);
  }

  @Test
  void startsAfreshAfterEachBatchAndLeavesTheLastOneAlone() {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.ZSTD, 1 << 16);
    builder.producer(9, (short) 1, 4).append(5, null, new byte[500], List.of());
    ByteBuffer first = builder.build();
    byte[] before = TestBatches.bytesOf(first);
    builder.append(3, new byte[] {1}, null, List.of());

    RecordBatch second = RecordBatch.at(builder.build(), 0);

    assertThat(TestBatches.bytesOf(first)).isEqualTo(before);
    assertThat(second.recordCount()).isEqualTo(1);
    assertThat(second.producerId()).isEqualTo(-1);
    assertThat(second.producerEpoch()).isEqualTo((short) -1);
    assertThat(second.baseSequence()).isEqualTo(-1);
    assertThat(second.lastSequence()).isEqualTo(-1);
    assertThat(second.maxTimestamp()).isEqualTo(3);
  }

  @Test
  void storesUncompressedWhatDoesNotGetSmaller() {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.GZIP, 1 << 16);
    builder.append(1, null, new byte[] {1}, List.of());

    assertThat(RecordBatch.at(builder.build(), 0).compression()).isEqualTo(Compression.NONE);
  }

  @Test
  void leavesTheCodecAloneForAWhileAfterWhatCannotBeCompressed() {
    byte[] noise = new byte[8192];
    new Random(1).nextBytes(noise);
    byte[] text = new byte[8192];
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.LZ4, 1 << 16);

    assertThat(codecsOf(builder, noise, text, text))
        .containsExactly(Compression.NONE, Compression.NONE, Compression.LZ4);
    assertThat(codecsOf(builder, noise, text, noise, text, text, text, text))
        .as("longer, when the next try is in vain again; 1 and then 3")
        .containsExactly(
            Compression.NONE,
            Compression.NONE,
            Compression.NONE,
            Compression.NONE,
            Compression.NONE,
            Compression.NONE,
            Compression.LZ4);
  }

  @Test
  void triesEverySmallBatch() {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.LZ4, 1 << 16);

    assertThat(codecsOf(builder, new byte[1], new byte[8192]))
        .containsExactly(Compression.NONE, Compression.LZ4);
  }

  private static List<Compression> codecsOf(RecordBatchBuilder builder, byte[]... values) {
    List<Compression> codecs = new ArrayList<>();
    for (byte[] value : values) {
      builder.append(1, null, value, List.of());
      codecs.add(RecordBatch.at(builder.build(), 0).compression());
    }
    return codecs;
  }

  @Test
  void refusesWhatIsNoBatch() {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, 1 << 16);
    assertThatIllegalStateException().isThrownBy(builder::build);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.append(-2, null, null, List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.producer(-1, (short) 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.producer(0, (short) -1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.producer(0, (short) 0, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecordBatchBuilder(Compression.NONE, 61));
  }

  @Test
  void splitsBatchesThatLieBackToBack() {
    ByteBuffer one = TestBatches.small(Compression.NONE);
    ByteBuffer two = TestBatches.small(Compression.LZ4);
    ByteBuffer both = ByteBuffer.allocate(one.remaining() + two.remaining() + 3).position(3);
    both.put(one.duplicate()).put(two.duplicate()).flip().position(3);

    assertThat(RecordBatch.split(both)).extracting(RecordBatch::bytes).containsExactly(one, two);
    assertThat(both.position()).isEqualTo(3);
  }

  @Test
  void codecsHaveTheirNamesAndNumbers() {
    for (Compression compression : Compression.values()) {
      assertThat(Compression.ofId(compression.id())).isEqualTo(compression);
      assertThat(Compression.ofName(compression.lowerCaseName())).isEqualTo(compression);
    }
    assertThat(Compression.LZ4.id()).isEqualTo(3);
    assertThatIllegalArgumentException().isThrownBy(() -> Compression.ofId(5));
    assertThatIllegalArgumentException().isThrownBy(() -> Compression.ofName("GZIP"));
  }
}
