package dev.funes.chaos.fault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A library in front of libc in one process, which makes its calls on files fail or take longer,
 * and tells which it hit. A process has it when it was started with {@link #environment}; the rules
 * can be changed while it runs.
 *
 * <p>It shows what a node does about an error. It cannot show what the kernel does to the pages:
 * that needs a real device. For one thread.
 */
public final class Shim {
  private static final String SOURCE = "funes-shim.c";
  private static final long COMPILE_SECONDS = 60;

  private final Path library;
  private final Path control;
  private final Path fired;
  private final Path alive;

  private Shim(Path library, Path directory) {
    this.library = library;
    this.control = directory.resolve("shim.rules");
    this.fired = directory.resolve("shim.fired");
    this.alive = directory.resolve("shim.alive");
  }

  /**
   * Builds the library with gcc, unless this version of it was built before.
   *
   * @param directory where the rules and the evidence of one process are kept; it exists
   * @throws UnavailableException when there is no gcc here, or it cannot build it
   * @throws IOException when the library or the directory cannot be written
   */
  public static Shim build(Path directory) throws IOException, InterruptedException {
    byte[] source = source();
    Path library =
        cacheDirectory().resolve("funes-shim-" + digest(source).substring(0, 16) + ".so");
    if (!Files.exists(library)) {
      compile(source, library);
    }
    return new Shim(library, directory.toAbsolutePath());
  }

  /** What the process needs in its environment. */
  public Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FUNES_SHIM_CONTROL", control.toString(),
        "FUNES_SHIM_FIRED", fired.toString(),
        "FUNES_SHIM_ALIVE", alive.toString());
  }

  /**
   * Replaces the rules; the counts of the new ones begin at 0. The process obeys from its next
   * call.
   */
  public void rules(ShimRule... rules) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (ShimRule rule : rules) {
      lines.append(rule.line()).append('\n');
    }
    Path next = control.resolveSibling("shim.rules.next");
    Files.writeString(next, lines);
    Files.move(next, control, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** No call is hit any more. */
  public void clear() throws IOException {
    rules();
  }

  /** The calls that were hit so far, oldest first: the evidence. */
  public List<Fired> fired() throws IOException {
    List<Fired> all = new ArrayList<>();
    if (Files.exists(fired)) {
      String text = Files.readString(fired);
      // a line that is being written is not there yet
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        all.add(Fired.parse(line));
      }
    }
    return all;
  }

  /**
   * When a process was alive for certain, the last time, since 1970: of one that has ended, to some
   * milliseconds, when it ended. The process itself notes it, so it does not count how late the end
   * is seen.
   *
   * @throws IOException when no JVM with this id had the library
   */
  public long lastAliveMillis(long pid) throws IOException {
    return Long.parseLong(Files.readString(alive.resolveSibling("shim.alive." + pid)).strip());
  }

  private static void compile(byte[] source, Path library)
      throws IOException, InterruptedException {
    Files.createDirectories(library.getParent());
    Path directory = Files.createTempDirectory(library.getParent(), "build-");
    Path code = directory.resolve(SOURCE);
    Path built = directory.resolve("shim.so");
    Path messages = directory.resolve("gcc.log");
    try {
      Files.write(code, source);
      Process gcc = start(code, built, messages);
      if (!gcc.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS)) {
        gcc.destroyForcibly().waitFor();
        throw new UnavailableException("gcc took longer than " + COMPILE_SECONDS + " s");
      }
      if (gcc.exitValue() != 0) {
        throw new UnavailableException("gcc failed: " + Files.readString(messages));
      }
      Files.move(built, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      for (Path file : List.of(code, built, messages, directory)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Process start(Path code, Path built, Path messages) throws UnavailableException {
    try {
      return new ProcessBuilder(
              List.of(
                  "gcc",
                  "-O2",
                  "-shared",
                  "-fPIC",
                  "-o",
                  built.toString(),
                  code.toString(),
                  "-ldl",
                  "-lpthread"))
          .redirectErrorStream(true)
          .redirectOutput(messages.toFile())
          .start();
    } catch (IOException e) {
      throw new UnavailableException("there is no gcc here: " + e.getMessage());
    }
  }

  private static Path cacheDirectory() {
    String configured = System.getenv("XDG_CACHE_HOME");
    Path base =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    return base.resolve("funes-chaos");
  }

  private static byte[] source() throws IOException {
    try (InputStream in = Shim.class.getResourceAsStream(SOURCE)) {
      if (in == null) {
        throw new IllegalStateException(SOURCE + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * A call that was hit.
   *
   * @param atMillis when, since 1970
   * @param pid in which process
   * @param operation its name
   * @param error what it failed with; see {@link ShimRule}
   * @param delayMillis how long it was held
   * @param path of the file
   */
  public record Fired(
      long atMillis, long pid, String operation, int error, int delayMillis, String path) {
    static Fired parse(String line) {
      String[] parts = line.split(" ", 6);
      return new Fired(
          Long.parseLong(parts[0]),
          Long.parseLong(parts[1]),
          parts[2],
          Integer.parseInt(parts[3]),
          Integer.parseInt(parts[4]),
          parts[5]);
    }
  }

  /** The library cannot be built here. */
  public static final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }
  }
}
