package dev.funes.chaos.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that tells whether a power loss was one: what was forced must survive it, what was not
 * must not.
 */
final class Canary {
  private static final int BYTES = 64;

  private final Path file;

  private Canary(Path file) {
    this.file = file;
  }

  /** Writes the part that is forced, together with the directory. */
  static Canary place(Path directory) throws IOException {
    Path file = directory.resolve("canary");
    Files.deleteIfExists(file);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.write(ByteBuffer.allocate(BYTES));
      channel.force(true);
      parent.force(true);
    }
    return new Canary(file);
  }

  /** Writes a part that is not forced, just before the power goes. */
  void writeUnforced() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.allocate(BYTES));
    }
  }

  /** After the power loss. */
  void examine() throws IOException {
    if (!Files.exists(file)) {
      throw new NoEvidenceException(file + " was forced, and is gone");
    }
    long size = Files.size(file);
    if (size != BYTES) {
      throw new NoEvidenceException(
          "%s has %d bytes: %d were forced, so the power loss was none"
              .formatted(file, size, BYTES));
    }
  }
}
