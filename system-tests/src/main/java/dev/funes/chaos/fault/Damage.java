package dev.funes.chaos.fault;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** What happens to a file that nobody wrote to. */
public enum Damage {
  /** One bit is another one. */
  FLIP {
    @Override
    String inflict(Path file, RandomGenerator random) throws IOException {
      try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
        // What is near the end may not have been trusted anyway, and files may end in zeros.
        long position = used(opened) * random.nextInt(5, 60) / 100;
        int bit = random.nextInt(Byte.SIZE);
        opened.seek(position);
        int before = opened.read();
        opened.seek(position);
        opened.write(before ^ (1 << bit));
        return "bit %d of byte %d of %d".formatted(bit, position, opened.length());
      }
    }
  },
  /** The end is missing. */
  TRUNCATE {
    @Override
    String inflict(Path file, RandomGenerator random) throws IOException {
      try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
        long before = opened.length();
        long after = used(opened) * random.nextInt(5, 60) / 100;
        opened.setLength(after);
        return "cut from %d bytes to %d".formatted(before, after);
      }
    }
  },
  /** The file is missing. */
  DELETE {
    @Override
    String inflict(Path file, RandomGenerator random) throws IOException {
      Files.delete(file);
      return "deleted";
    }
  },
  /** A block of it is zeros. */
  ZERO {
    @Override
    String inflict(Path file, RandomGenerator random) throws IOException {
      try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
        long position = used(opened) * random.nextInt(5, 60) / 100;
        int bytes = (int) Math.min(512, Math.max(1, used(opened) - position));
        opened.seek(position);
        opened.write(new byte[bytes]);
        return "%d bytes from %d on are zero".formatted(bytes, position);
      }
    }
  };

  /** Returns what was done, in words. */
  abstract String inflict(Path file, RandomGenerator random) throws IOException;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Up to the last byte that is not zero: files are filled up with those. */
  private static long used(RandomAccessFile file) throws IOException {
    byte[] content = new byte[(int) Math.min(file.length(), 64 << 20)];
    file.seek(0);
    file.readFully(content);
    int end = content.length;
    while (end > 1 && content[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
