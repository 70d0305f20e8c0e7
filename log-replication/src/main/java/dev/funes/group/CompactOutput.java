package dev.funes.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Grows as it is written to. Numbers take one byte for each 7 bits, texts come whole once. */
final class CompactOutput {
  private static final int NUMBER_BYTES_MAX = 10;

  private byte[] bytes = new byte[256];
  private int size;
  private final Map<String, Integer> texts = new HashMap<>();

  void number(long number) {
    reserve(NUMBER_BYTES_MAX);
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void text(String text) {
    Integer known = texts.putIfAbsent(text, texts.size() + 1);
    if (known != null) {
      number(known);
      return;
    }
    byte[] utf8 = text.getBytes(UTF_8);
    number(0);
    number(utf8.length);
    reserve(utf8.length);
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
    }
  }
}
