import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Values that cost the client next to nothing to make, the same bytes as {@code funes perf} sends.
 * One instance a thread. A value is good until the next call: the producer copies it in send.
 */
interface Payload {
  byte[] next();

  /** What all threads draw from; made ahead of the run. */
  interface Source {
    Payload of(int client, int clients);
  }

  static Source source(Options options) {
    if (options.has("payload-file")) {
      List<byte[]> lines = lines(Path.of(options.text("payload-file", "")));
      return (client, clients) -> new Lines(lines, (int) ((long) lines.size() * client / clients));
    }
    int size = (int) options.number("record-size", 1024);
    byte[] pool = new byte[Math.max(1 << 20, 2 * size)];
    new Random(options.number("seed", 1)).nextBytes(pool);
    return (client, clients) -> new Slices(pool, size, client);
  }

  private static List<byte[]> lines(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1)
          .lines()
          .map(line -> line.getBytes(StandardCharsets.ISO_8859_1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Slices of one pool of random bytes, at positions that move on by an odd number. */
  final class Slices implements Payload {
    private final byte[] pool;
    private final byte[] value;
    private final int positions;
    private int position;

    Slices(byte[] pool, int size, int client) {
      this.pool = pool;
      this.value = new byte[size];
      this.positions = pool.length - size;
      this.position = (int) (client * 7919L % positions);
    }

    @Override
    public byte[] next() {
      System.arraycopy(pool, position, value, 0, value.length);
      position += value.length + 61;
      if (position > positions) {
        position %= positions;
      }
      return value;
    }
  }

  /** Lines of a file, one after the other. */
  final class Lines implements Payload {
    private final List<byte[]> lines;
    private int at;

    Lines(List<byte[]> lines, int first) {
      this.lines = lines;
      this.at = first;
    }

    @Override
    public byte[] next() {
      byte[] value = lines.get(at);
      at = at + 1 == lines.size() ? 0 : at + 1;
      return value;
    }
  }
}
