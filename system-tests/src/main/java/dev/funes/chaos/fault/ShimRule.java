package dev.funes.chaos.fault;

/**
 * Which calls of a process on its files are hit, and how.
 *
 * @param operation {@code fsync}, {@code fdatasync}, {@code msync}, {@code write}, {@code pwrite},
 *     {@code writev}, {@code read}, {@code pread}, {@code readv}, {@code ftruncate} or {@code
 *     open}; or a family: {@code syncs}, {@code writes}, {@code reads}
 * @param error what the calls fail with, or {@link #DELAY_ONLY}, or {@link #HALF_WRITTEN}
 * @param delayMillis how long a call is held first, from 0
 * @param skip how many calls that fit are left alone first
 * @param times how many calls are hit after those; 0: all
 * @param permille how many in a thousand of them are hit, from 1 to 1000
 * @param pathPart part of the path of the files, or {@code *}; never of a socket or a pipe
 */
public record ShimRule(
    String operation,
    int error,
    int delayMillis,
    long skip,
    long times,
    int permille,
    String pathPart) {
  /** Input/output error. */
  public static final int EIO = 5;

  /** No space left on device. */
  public static final int ENOSPC = 28;

  /** Read-only file system. */
  public static final int EROFS = 30;

  /** The calls succeed, later. */
  public static final int DELAY_ONLY = 0;

  /** Half of the bytes are written, and the call fails with {@link #EIO}. */
  public static final int HALF_WRITTEN = -1;

  private static final int PATH_CHARS = 255;

  /**
   * @throws IllegalArgumentException when the rule could not be read back
   */
  public ShimRule {
    if (!operation.matches("[a-z]{1,15}")) {
      throw new IllegalArgumentException("not an operation: " + operation);
    }
    if (delayMillis < 0 || skip < 0 || times < 0 || permille < 1 || permille > 1000) {
      throw new IllegalArgumentException(
          "delay %d, skip %d, times %d or permille %d out of range"
              .formatted(delayMillis, skip, times, permille));
    }
    if (pathPart.isBlank() || pathPart.length() > PATH_CHARS || pathPart.contains("\n")) {
      throw new IllegalArgumentException("not a part of a path: " + pathPart);
    }
  }

  /** Every call fails at once. */
  public static ShimRule fail(String operation, int error, String pathPart) {
    return new ShimRule(operation, error, 0, 0, 0, 1000, pathPart);
  }

  /** One call fails, and those after it succeed, as a kernel does that dropped the pages. */
  public static ShimRule failOnce(String operation, int error, String pathPart) {
    return new ShimRule(operation, error, 0, 0, 1, 1000, pathPart);
  }

  /** Every call is held. */
  public static ShimRule delay(String operation, int delayMillis, String pathPart) {
    return new ShimRule(operation, DELAY_ONLY, delayMillis, 0, 0, 1000, pathPart);
  }

  String line() {
    return "%s %d %d %d %d %d %s"
        .formatted(operation, error, delayMillis, skip, times, permille, pathPart);
  }
}
