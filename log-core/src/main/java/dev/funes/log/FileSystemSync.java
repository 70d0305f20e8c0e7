package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes everything durable that was written to the file system of a directory, with Linux' {@code
 * syncfs}: one flush of the disk for thousands of files.
 *
 * <p>The call tells of pages that could not be written, of any file, since the directory was
 * opened; kernels before 5.8 do not tell, and are taken for not having it. Not thread-safe.
 */
public final class FileSystemSync implements AutoCloseable {
  private static final int KERNEL_MAJOR = 5;
  private static final int KERNEL_MINOR = 8;

  private static final @Nullable SystemCalls CALLS =
      tellsOfFailures() ? SystemCalls.linked() : null;

  private final Path directory;
  private int descriptor;
  private boolean failed;

  private FileSystemSync(Path directory, int descriptor) {
    this.directory = directory;
    this.descriptor = descriptor;
  }

  /** Of the file system that this directory is in; it must exist. */
  public static FileSystemSync of(Path directory) {
    SystemCalls calls = CALLS;
    return new FileSystemSync(directory, calls == null ? SystemCalls.NONE : calls.open(directory));
  }

  /** Whether {@link #sync} may be called. */
  public boolean isSupported() {
    return descriptor >= 0;
  }

  /**
   * Returns when all that was written before the call is durable.
   *
   * @throws IOException when some of it could not be written, and at every call after that
   */
  public void sync() throws IOException {
    SystemCalls calls = CALLS;
    if (calls == null || descriptor < 0) {
      throw new IllegalStateException("there is no syncfs here");
    }
    failed |= !calls.syncFileSystem(descriptor);
    if (failed) {
      throw new IOException("the file system of " + directory + " could not be written back");
    }
  }

  @Override
  public void close() {
    SystemCalls calls = CALLS;
    if (calls != null && descriptor >= 0) {
      calls.close(descriptor);
      descriptor = SystemCalls.NONE;
    }
  }

  private static boolean tellsOfFailures() {
    Matcher version =
        Pattern.compile("(\\d+)\\.(\\d+).*").matcher(System.getProperty("os.version", ""));
    if (!version.matches()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    return major > KERNEL_MAJOR
        || (major == KERNEL_MAJOR && Integer.parseInt(version.group(2)) >= KERNEL_MINOR);
  }
}
