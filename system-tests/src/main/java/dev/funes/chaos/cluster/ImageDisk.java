package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An ext4 file system in a file: it can be full, lose its power, or turn read-only, and nobody else
 * notices. For one thread at a time.
 */
public final class ImageDisk implements NodeDisk {
  private static final long BLOCK_BYTES = 4_096;

  private final Path image;
  private final Path mount;
  private final int sizeMib;
  private final Leftovers leftovers;
  private final @Nullable FaultyDevice device;

  /** An image that is mounted as it is. */
  public ImageDisk(Path image, Path mount, int sizeMib, Leftovers leftovers) {
    this(image, mount, sizeMib, leftovers, null);
  }

  /**
   * @param device that stands between image and file system; null: none
   */
  ImageDisk(
      Path image, Path mount, int sizeMib, Leftovers leftovers, @Nullable FaultyDevice device) {
    this.device = device;
    this.image = image;
    this.mount = mount;
    this.sizeMib = sizeMib;
    this.leftovers = leftovers;
  }

  @Override
  public Path data() {
    return mount.resolve("data");
  }

  /** The device that can have errors, if this disk has one. */
  public Optional<FaultyDevice> device() {
    return Optional.ofNullable(device);
  }

  /** Where the file system is mounted. */
  public Path mount() {
    return mount;
  }

  @Override
  public void open() throws IOException {
    format();
    Files.createDirectories(mount);
    if (device != null) {
      device.start(); // noted before the mount, so that it is taken away after it
    }
    leftovers.mount(mount);
    mountImage();
  }

  @Override
  public void wipe() throws IOException {
    unmount();
    format();
    mountImage();
  }

  /**
   * What is not forced is lost, from this moment on: the file system stops, and nothing of its
   * caches reaches the image. The node on it finds that every write fails; kill it, then call
   * {@link #powerOn}.
   */
  public void powerOff() throws IOException {
    NativeCalls.shutDownFileSystem(mount);
  }

  /** Mounts it as after a crash, from what the image has. The node must be gone. */
  public void powerOn() throws IOException {
    unmount();
    mountImage();
  }

  /** The kernel gives the file system up as after an error: everything but reading fails. */
  public void turnReadOnly() throws IOException {
    Shell.must("mount", "-o", "remount,abort", mount.toString());
  }

  /** Heals what {@link #turnReadOnly} or an error of the device did. The node must be gone. */
  public void repair() throws IOException {
    unmount();
    if (device != null) {
      device.stop(); // what it has cached is not what is there after the repair
    }
    // 1: errors were corrected.
    Shell.Output checked = Shell.run("e2fsck", "-p", image.toString());
    if (checked.code() > 1) {
      throw new IOException("e2fsck " + image + ": " + checked.text().strip());
    }
    mountImage();
  }

  /** Free space for files, in bytes. */
  public long freeBytes() throws IOException {
    return Files.getFileStore(mount).getUsableSpace();
  }

  /** Takes space until no more than that is left, or nothing more can be had. */
  public void fill(long leftBytes) throws IOException {
    Files.createDirectories(filler());
    long step = freeBytes() - leftBytes;
    for (int i = 0; freeBytes() > leftBytes && step >= BLOCK_BYTES; i++) {
      long take = Math.min(step, freeBytes() - leftBytes);
      Path file = filler().resolve(Integer.toString(i));
      if (!Shell.run("fallocate", "-l", Long.toString(take), file.toString()).ok()) {
        // Some of what is free goes into the file system's own tables.
        step = step * 7 / 8;
      }
    }
  }

  /** Gives back what {@link #fill} took. */
  public void unfill() throws IOException {
    Shell.must("rm", "-rf", filler().toString());
  }

  private Path filler() {
    return mount.resolve("filler");
  }

  private void unmount() throws IOException {
    // What the killed node had open is closed a moment after it is gone.
    for (int attempt = 0; ; attempt++) {
      Shell.Output output = Shell.run("umount", mount.toString());
      if (output.ok()) {
        return;
      }
      if (attempt == 50) {
        throw new IOException("umount " + mount + ": " + output.text().strip());
      }
      Shell.pause(100);
    }
  }

  private void mountImage() throws IOException {
    Path source = device == null ? image : device.start();
    Shell.must("mount", "-o", "loop", source.toString(), mount.toString());
  }

  private void format() throws IOException {
    if (device != null) {
      device.stop();
    }
    Shell.must("rm", "-f", image.toString());
    Shell.must("truncate", "-s", sizeMib + "M", image.toString());
    // No blocks kept for root, which the nodes run as: full has to mean full.
    Shell.must(
        List.of("mkfs.ext4", "-qF", "-m0", "-E", "lazy_itable_init=1", image.toString()), "");
  }
}
