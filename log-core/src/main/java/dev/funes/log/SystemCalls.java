package dev.funes.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls of Linux that Java has no method for. Any thread. */
final class SystemCalls {
  static final int NONE = -1;

  private static final int OPEN_READ_CLOSE_ON_EXEC = 0x80000; // Linux, every architecture
  private static final int WRITE_AND_WAIT_AFTER = 2 | 4;

  private static final @Nullable SystemCalls LINKED =
      System.getProperty("os.name", "").equals("Linux") ? link() : null;

  private final MethodHandle open;
  private final MethodHandle close;
  private final MethodHandle syncFileSystem;
  private final MethodHandle syncFileRange;

  private SystemCalls(
      MethodHandle open,
      MethodHandle close,
      MethodHandle syncFileSystem,
      MethodHandle syncFileRange) {
    this.open = open;
    this.close = close;
    this.syncFileSystem = syncFileSystem;
    this.syncFileRange = syncFileRange;
  }

  /** Null where they are not. */
  static @Nullable SystemCalls linked() {
    return LINKED;
  }

  /** A descriptor to read a file or directory by; {@link #NONE} when it cannot be opened. */
  int open(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor =
          (int) open.invokeExact(arena.allocateFrom(path.toString()), OPEN_READ_CLOSE_ON_EXEC);
      return descriptor >= 0 ? descriptor : NONE;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void close(int descriptor) {
    try {
      int closed = (int) close.invokeExact(descriptor);
      assert closed == 0 : "close of a descriptor failed";
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** See syncfs(2); false when it failed. */
  boolean syncFileSystem(int descriptor) {
    try {
      return (int) syncFileSystem.invokeExact(descriptor) == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Writes the changed pages of a part of a file and waits for the disk, but has it promise
   * nothing: see sync_file_range(2). A failure stays to be told by the next force of the file.
   */
  void writeBack(int descriptor, long position, long bytes) {
    try {
      int _ = (int) syncFileRange.invokeExact(descriptor, position, bytes, WRITE_AND_WAIT_AFTER);
    } catch (Throwable e) {
      throw unexpected(e);
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

  @SuppressWarnings("restricted") // Well-known calls of the C library, with their C signatures.
  private static @Nullable SystemCalls link() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    var open = lookup.find("open");
    var close = lookup.find("close");
    var syncfs = lookup.find("syncfs");
    var syncFileRange = lookup.find("sync_file_range");
    for (Optional<?> each : new Optional<?>[] {open, close, syncfs, syncFileRange}) {
      if (each.isEmpty()) {
        return null;
      }
    }
    FunctionDescriptor ofDescriptor = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
    return new SystemCalls(
        linker.downcallHandle(
            open.get(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2)),
        linker.downcallHandle(close.get(), ofDescriptor),
        linker.downcallHandle(syncfs.get(), ofDescriptor),
        linker.downcallHandle(
            syncFileRange.get(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)));
  }
}
