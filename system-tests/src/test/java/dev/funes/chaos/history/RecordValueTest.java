package dev.funes.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RecordValueTest {
  private static final long SEED = Long.getLong("funes.seed", System.nanoTime());

  @Test
  void aValueIsReadAsItWasWritten() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200; i++) {
      RecordValue value =
          new RecordValue(
              random.nextInt(),
              random.nextInt(RecordKey.PRODUCER_MAX + 1),
              random.nextInt(RecordKey.EPOCH_MAX + 1),
              random.nextInt(1 << 16),
              random.nextLong(RecordKey.SEQ_MAX + 1));
      byte[] bytes = value.encode(random.nextInt(RecordValue.BYTES_MIN, 300));

      assertThat(RecordValue.parse(bytes))
          .as("-Dfunes.seed=%d", SEED)
          .isEqualTo(new RecordValue.Parsed.Good(value));
    }
  }

  @Test
  void everyChangedBitShows() {
    byte[] bytes = new RecordValue(7, 3, 1, 2, 99).encode(40);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(RecordValue.parse(bytes))
          .as("bit %d", bit)
          .isInstanceOf(RecordValue.Parsed.Bad.class);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void whatIsCutOffOrTooSmallShows() {
    byte[] bytes = new RecordValue(7, 3, 1, 2, 99).encode(40);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(RecordValue.parse(java.util.Arrays.copyOf(bytes, length)))
          .isInstanceOf(RecordValue.Parsed.Bad.class);
    }
    assertThatThrownBy(() -> new RecordValue(7, 3, 1, 2, 99).encode(RecordValue.BYTES_MIN - 1))
        .hasMessageContaining("27 is less than 28");
  }

  @Test
  void keysTellWhoAndWhich() {
    long key = RecordKey.of(300, 5, 77);

    assertThat(RecordKey.producer(key)).isEqualTo(300);
    assertThat(RecordKey.epoch(key)).isEqualTo(5);
    assertThat(RecordKey.seq(key)).isEqualTo(77);
    assertThat(RecordKey.of(300, 5, 78)).isEqualTo(key + 1);
    assertThatThrownBy(() -> RecordKey.of(1 << 15, 0, 0)).hasMessageContaining("producer");
    assertThatThrownBy(() -> RecordKey.of(0, 256, 0)).hasMessageContaining("epoch");
    assertThatThrownBy(() -> RecordKey.of(0, 0, 1L << 40)).hasMessageContaining("seq");
  }
}
