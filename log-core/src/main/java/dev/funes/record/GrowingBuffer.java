package dev.funes.record;

import java.io.OutputStream;
import java.util.Arrays;

/** Bytes in one array that doubles when it is full. Not thread-safe. */
final class GrowingBuffer extends OutputStream {
  private byte[] array;
  private int size;

  GrowingBuffer(int capacityBytes) {
    array = new byte[capacityBytes];
  }

  byte[] array() {
    return array;
  }

  int size() {
    return size;
  }

  void resize(int newSize) {
    ensure(Math.max(0, newSize - size));
    size = newSize;
  }

  @Override
  public void write(int value) {
    ensure(1);
    array[size++] = (byte) value;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, array, size, length);
    size += length;
  }

  /** Zigzag, so that small negative numbers are short too. */
  void writeVarint(int value) {
    writeUnsigned(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
  }

  void writeVarlong(long value) {
    writeUnsigned((value << 1) ^ (value >> 63));
  }

  static int varintBytes(int value) {
    return unsignedBytes(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
  }

  static int varlongBytes(long value) {
    return unsignedBytes((value << 1) ^ (value >> 63));
  }

  private static int unsignedBytes(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  private void writeUnsigned(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      array[size++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    array[size++] = (byte) rest;
  }

  private void ensure(int more) {
    if (more > array.length - size) {
      long wanted = Math.max((long) array.length * 2, (long) size + more);
      array = Arrays.copyOf(array, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }
}
