package dev.funes.chaos.fault;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** An ext4 file system of its own in a file, mounted; needs root. */
final class SmallDisk implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path mount;
  private final Path filling;

  private SmallDisk(Path mount) {
    this.mount = mount;
    this.filling = mount.resolve("filling");
  }

  /**
   * @throws IOException with the words of the command, when it cannot be made here
   */
  static SmallDisk make(Path directory, int mebibytes) throws IOException {
    Path image = directory.resolve("small.img");
    Path mount = Files.createDirectory(directory.resolve("small"));
    run("truncate", "-s", mebibytes + "M", image.toString());
    run("mkfs.ext4", "-qF", "-m0", image.toString());
    run("mount", "-o", "loop", image.toString(), mount.toString());
    return new SmallDisk(mount);
  }

  Path directory() {
    return mount;
  }

  long freeBytes() throws IOException {
    return Files.getFileStore(mount).getUsableSpace();
  }

  long totalBytes() throws IOException {
    return Files.getFileStore(mount).getTotalSpace();
  }

  /** Takes room until only so much is left; 0: until nothing goes any more. */
  void fill(long leaveBytes) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream out =
        Files.newOutputStream(filling, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (freeBytes() > leaveBytes) {
        int size = (int) Math.min(CHUNK_BYTES, Math.max(1_024, freeBytes() - leaveBytes));
        out.write(chunk, 0, size);
        out.flush();
      }
    } catch (IOException e) {
      if (leaveBytes > 0) {
        throw e;
      }
    }
  }

  /** Gives the room back. */
  void empty() throws IOException {
    Files.deleteIfExists(filling);
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", mount.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(String.join(" ", command));
    }
  }
}
