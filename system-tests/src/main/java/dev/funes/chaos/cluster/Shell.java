package dev.funes.chaos.cluster;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the commands of the system that faults are made of. Bounded: none may take a minute. */
public final class Shell {
  private static final int SECONDS_MAX = 60;

  /** What a command said on both channels, and its exit code. */
  public record Output(int code, String text) {
    public boolean ok() {
      return code == 0;
    }
  }

  private Shell() {}

  /** Runs a command to its end; a code other than 0 is an exception that quotes what it said. */
  public static String must(String... command) throws IOException {
    return must(List.of(command), "");
  }

  /** The same with something on its standard input. */
  public static String must(List<String> command, String input) throws IOException {
    Output output = run(command, input);
    if (!output.ok()) {
      throw new IOException(
          "%s: exit code %d: %s"
              .formatted(String.join(" ", command), output.code(), output.text().strip()));
    }
    return output.text();
  }

  /** Runs a command to its end, whatever its code. */
  public static Output run(String... command) throws IOException {
    return run(List.of(command), "");
  }

  /** The same with something on its standard input. */
  public static Output run(List<String> command, String input) throws IOException {
    // A file, not a pipe: a child that lives on would keep a pipe open for ever.
    Path said = Files.createTempFile("funes-chaos", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It has ended without reading; its code tells the rest.
      }
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": no end in " + SECONDS_MAX + " s");
      }
      return new Output(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(String.join(" ", command));
    } finally {
      Files.deleteIfExists(said);
    }
  }

  /** Waits; the only way in which the prover lets time pass. */
  public static void pause(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
