package dev.funes.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Takes disk space with the C library's {@code posix_fallocate}, and by writing zeros where the
 * system or the file system has no such call.
 *
 * <p>A file is only extended when it is mapped, which leaves a hole. A store to a hole on a full
 * disk is a bus error long after the cause; with the space taken first, a full disk is an
 * IOException and nothing was written.
 */
final class FallocatedSpace implements DiskSpace {
  private static final int OPEN_READ_WRITE_CLOSE_ON_EXEC = 2 | 0x80000; // Linux, every architecture

  /** Errors of posix_fallocate that mean "not on this file system", not "no". */
  private static final int INVALID_ARGUMENT = 22;

  private static final int NOT_SUPPORTED = 95;
  private static final int INTERRUPTED = 4;
  private static final int NO_SPACE = 28;
  private static final int QUOTA_EXCEEDED = 122;

  /** What works on this system. */
  static final DiskSpace OF_THIS_SYSTEM =
      new FallocatedSpace(System.getProperty("os.name", "").equals("Linux") ? link() : null);

  private final @Nullable Calls calls;

  private FallocatedSpace(@Nullable Calls calls) {
    this.calls = calls;
  }

  @Override
  public void allocate(Path file, long from, long to) throws IOException {
    int error = calls == null ? NOT_SUPPORTED : call(calls, file, from, to - from);
    switch (error) {
      case 0 -> {}
      case INVALID_ARGUMENT, NOT_SUPPORTED -> ZeroedSpace.fill(file, from, to);
      case NO_SPACE -> throw new IOException(file + ": no space left on device");
      case QUOTA_EXCEEDED -> throw new IOException(file + ": disk quota exceeded");
      default -> throw new IOException(file + ": posix_fallocate failed with error " + error);
    }
  }

  private static int call(Calls calls, Path file, long from, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor =
          (int)
              calls.open.invokeExact(
                  arena.allocateFrom(file.toString()), OPEN_READ_WRITE_CLOSE_ON_EXEC);
      if (descriptor < 0) {
        return NOT_SUPPORTED; // The other way tells why, if it fails too.
      }
      try {
        int error;
        do {
          error = (int) calls.fallocate.invokeExact(descriptor, from, bytes);
        } while (error == INTERRUPTED);
        return error;
      } finally {
        int closed = (int) calls.close.invokeExact(descriptor);
        assert closed == 0 : "close of a file without written data failed";
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a call into the C library threw", e);
    }
  }

  @SuppressWarnings(
      "restricted") // Three well-known calls of the C library, with their C signatures.
  private static @Nullable Calls link() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    var open = lookup.find("open");
    var fallocate = lookup.find("posix_fallocate");
    var close = lookup.find("close");
    if (open.isEmpty() || fallocate.isEmpty() || close.isEmpty()) {
      return null;
    }
    return new Calls(
        linker.downcallHandle(
            open.get(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2)),
        linker.downcallHandle(
            fallocate.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG)),
        linker.downcallHandle(close.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT)));
  }

  private record Calls(MethodHandle open, MethodHandle fallocate, MethodHandle close) {}
}
