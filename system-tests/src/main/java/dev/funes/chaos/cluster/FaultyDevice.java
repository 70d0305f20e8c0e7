package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A disk image behind a program that can fail what reaches it: to the kernel, a device with errors.
 * nbdkit serves the image with its error filter, and nbdfuse shows that as a file. For one thread
 * at a time.
 */
public final class FaultyDevice {
  private static final List<Path> NEEDED =
      List.of(Path.of("/usr/bin/nbdfuse"), Path.of("/usr/bin/nbdkit"), Path.of("/dev/fuse"));
  private static final int START_MILLIS_MAX = 20_000;
  private static final int STOP_SECONDS_MAX = 10;
  private static final String INJECTED = "injecting EIO";

  private final Path image;
  private final Path directory;
  private final Path trigger;
  private final Path log;
  private final Leftovers leftovers;
  private @Nullable Process process;

  /**
   * @param image that is served; it may not be there yet
   * @param home where the device keeps its own files
   */
  FaultyDevice(Path image, Path home, Leftovers leftovers) {
    this.image = image;
    this.directory = home.resolve("device");
    this.trigger = home.resolve("device-fails");
    this.log = home.resolve("device.log");
    this.leftovers = leftovers;
  }

  /** Whether this machine has what it takes. */
  static boolean isAvailable() {
    return NEEDED.stream().allMatch(Files::exists);
  }

  /** Serves the image, unless it is served already; returns the file to mount. */
  Path start() throws IOException {
    Path file = directory.resolve("nbd");
    Process running = process;
    if (running != null && running.isAlive()) {
      return file;
    }
    Files.createDirectories(directory);
    leftovers.mount(directory);
    Process started =
        new ProcessBuilder(
                "nbdfuse",
                directory.toString(),
                "--command",
                "nbdkit",
                "-s",
                "--exit-with-parent",
                "--filter=error",
                "file",
                image.toString(),
                "error-pwrite=EIO",
                "error-pwrite-rate=100%",
                "error-pwrite-file=" + trigger)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    leftovers.process(started.pid());
    process = started;
    for (int millis = 0; millis < START_MILLIS_MAX; millis += 50) {
      if (Files.exists(file)) {
        return file;
      }
      Shell.pause(50);
    }
    throw new IOException("nbdfuse does not serve " + image + ": " + Files.readString(log));
  }

  /** Nothing is mounted from it any more. */
  void stop() throws IOException {
    Process running = process;
    process = null;
    if (running != null) {
      Shell.run("umount", directory.toString());
      try {
        if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** From now on every write to the device fails, or none. */
  public void failWrites(boolean fail) throws IOException {
    if (fail) {
      Files.writeString(trigger, "");
    } else {
      Files.deleteIfExists(trigger);
    }
  }

  /** How many writes have failed so far. */
  public long failed() throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(INJECTED)).count();
    }
  }
}
