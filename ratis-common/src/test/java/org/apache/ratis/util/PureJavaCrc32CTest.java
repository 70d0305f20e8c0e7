package org.apache.ratis.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PureJavaCrc32CTest {

  private static final long SEED = Long.getLong("funes.seed", System.nanoTime());

  @Test
  void givesTheSumsOfATableDrivenReference() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = new byte[random.nextInt(3_000)];
      random.nextBytes(bytes);
      int offset = random.nextInt(bytes.length + 1);
      int length = random.nextInt(bytes.length - offset + 1);
      long expected = reference(bytes, offset, length);

      PureJavaCrc32C whole = new PureJavaCrc32C();
      whole.update(bytes, offset, length);
      PureJavaCrc32C direct = new PureJavaCrc32C();
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).position(offset);
      buffer.limit(offset + length);
      direct.update(buffer);
      PureJavaCrc32C pieces = new PureJavaCrc32C();
      int cut = random.nextInt(length + 1);
      pieces.update(bytes, offset, cut);
      for (int i = cut; i < length; i++) {
        pieces.update(bytes[offset + i]);
      }

      assertThat(whole.getValue()).as("-Dfunes.seed=%d", SEED).isEqualTo(expected);
      assertThat(direct.getValue()).as("-Dfunes.seed=%d", SEED).isEqualTo(expected);
      assertThat(buffer.hasRemaining()).isFalse();
      assertThat(pieces.getValue()).as("-Dfunes.seed=%d", SEED).isEqualTo(expected);
    }
  }

  @Test
  void startsAnewAfterReset() {
    PureJavaCrc32C crc = new PureJavaCrc32C();
    crc.update(new byte[] {1, 2, 3}, 0, 3);

    crc.reset();

    assertThat(crc.getValue()).isZero();
  }

  @Test
  void givesThePublishedCheckValue() {
    byte[] digits = "123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    PureJavaCrc32C crc = new PureJavaCrc32C();

    crc.update(digits, 0, digits.length);

    assertThat(crc.getValue()).isEqualTo(0xE3069283L);
  }

  /** Castagnoli's polynomial, reflected, one table of 256. */
  private static long reference(byte[] bytes, int offset, int length) {
    int crc = ~0;
    for (int i = offset; i < offset + length; i++) {
      crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
    }
    return ~crc & 0xffffffffL;
  }

  private static final int[] TABLE = table();

  private static int[] table() {
    int[] table = new int[256];
    for (int n = 0; n < 256; n++) {
      int c = n;
      for (int bit = 0; bit < 8; bit++) {
        c = (c & 1) != 0 ? (c >>> 1) ^ 0x82F63B78 : c >>> 1;
      }
      table[n] = c;
    }
    return table;
  }
}
