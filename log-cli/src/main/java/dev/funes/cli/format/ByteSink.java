package dev.funes.cli.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A buffered output for one thread: what {@link java.io.BufferedOutputStream} is, without its lock,
 * and it writes numbers without making strings of them.
 */
public final class ByteSink extends OutputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int LONG_DIGITS_MAX = 20;

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;

  /** Writes to the given output, which {@link #close} does not close. */
  public ByteSink(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    if (used == buffer.length) {
      drain();
    }
    buffer[used++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length > buffer.length - used) {
      drain();
      if (length >= buffer.length) {
        out.write(bytes, from, length);
        return;
      }
    }
    System.arraycopy(bytes, from, buffer, used, length);
    used += length;
  }

  /** Writes a number in decimal. */
  public void writeNumber(long number) throws IOException {
    if (number < 0) {
      write(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
      return;
    }
    if (LONG_DIGITS_MAX > buffer.length - used) {
      drain();
    }
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = number;
    for (int at = used + digits - 1; at >= used; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    used += digits;
  }

  @Override
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    flush();
  }

  private void drain() throws IOException {
    // Set back first: after a failed write (a closed pipe) closing must not try the same bytes
    // again.
    int length = used;
    used = 0;
    out.write(buffer, 0, length);
  }
}
