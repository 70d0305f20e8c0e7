package dev.funes.cli.perf;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.format.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A file whose lines are values. */
final class PayloadFile {
  /** All of it is held in memory, so that reading costs the run nothing. */
  private static final long BYTES_MAX = 128L << 20;

  private PayloadFile() {}

  /** The lines as bytes, without their newlines. */
  static List<byte[]> lines(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--payload-file: %s is larger than %s".formatted(file, Sizes.print(BYTES_MAX)));
    }
    byte[] bytes = Files.readAllBytes(file);
    List<byte[]> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        lines.add(Arrays.copyOfRange(bytes, start, i));
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      lines.add(Arrays.copyOfRange(bytes, start, bytes.length));
    }
    if (lines.isEmpty()) {
      throw new CommandFailure(ExitCode.USAGE, "--payload-file: %s is empty".formatted(file));
    }
    return lines;
  }
}
