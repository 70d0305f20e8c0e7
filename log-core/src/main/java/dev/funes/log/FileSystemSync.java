package dev.funes.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
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
  private static final int OPEN_READ_CLOSE_ON_EXEC = 0x80000; // Linux, every architecture
  private static final int KERNEL_MAJOR = 5;
  private static final int KERNEL_MINOR = 8;
  private static final int NONE = -1;

  private static final @Nullable Calls CALLS = tellsOfFailures() ? link() : null;

  private final Path directory;
  private int descriptor;
  private boolean failed;

  private FileSystemSync(Path directory, int descriptor) {
    this.directory = directory;
    this.descriptor = descriptor;
  }

  /** Of the file system that this directory is in; it must exist. */
  public static FileSystemSync of(Path directory) {
    Calls calls = CALLS;
    return new FileSystemSync(directory, calls == null ? NONE : open(calls, directory));
  }

  private static int open(Calls calls, Path directory) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          calls.open.invokeExact(arena.allocateFrom(directory.toString()), OPEN_READ_CLOSE_ON_EXEC);
    } catch (Throwable e) {
      throw unexpected(e);
    }
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
    Calls calls = CALLS;
    if (calls == null || descriptor < 0) {
      throw new IllegalStateException("there is no syncfs here");
    }
    int result;
    try {
      result = (int) calls.syncfs.invokeExact(descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
    failed |= result != 0;
    if (failed) {
      throw new IOException("the file system of " + directory + " could not be written back");
    }
  }

  @Override
  public void close() {
    Calls calls = CALLS;
    if (calls != null && descriptor >= 0) {
      try {
        int closed = (int) calls.close.invokeExact(descriptor);
        assert closed == 0 : "close of a directory failed";
      } catch (Throwable e) {
        throw unexpected(e);
      }
      descriptor = NONE;
    }
  }

  private static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("a call into the C library threw", thrown);
  }

  private static boolean tellsOfFailures() {
    Matcher version =
        Pattern.compile("(\\d+)\\.(\\d+).*").matcher(System.getProperty("os.version", ""));
    if (!System.getProperty("os.name", "").equals("Linux") || !version.matches()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    return major > KERNEL_MAJOR
        || (major == KERNEL_MAJOR && Integer.parseInt(version.group(2)) >= KERNEL_MINOR);
  }

  @SuppressWarnings(
      "restricted") // Three well-known calls of the C library, with their C signatures.
  private static @Nullable Calls link() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    var open = lookup.find("open");
    var syncfs = lookup.find("syncfs");
    var close = lookup.find("close");
    if (open.isEmpty() || syncfs.isEmpty() || close.isEmpty()) {
      return null;
    }
    FunctionDescriptor ofDescriptor = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
    return new Calls(
        linker.downcallHandle(
            open.get(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2)),
        linker.downcallHandle(syncfs.get(), ofDescriptor),
        linker.downcallHandle(close.get(), ofDescriptor));
  }

  private record Calls(MethodHandle open, MethodHandle syncfs, MethodHandle close) {}
}
