package org.apache.ratis.server.raftlog.segmented;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Gives the pages of a file that are on the disk back to the kernel, with Linux' {@code
 * posix_fadvise}: a file of the Raft log is hardly ever read, and should not take the room in the
 * page cache that segments need.
 *
 * <p>It is a hint. Pages that are not on the disk stay; where there is no such call, nothing is
 * done. Not thread-safe.
 */
final class ForcedPages implements AutoCloseable {

  /** Pages are given back in runs of this, so that small forces do not pay for a call each. */
  static final int RUN_BYTES = 1 << 20;

  private static final int OPEN_READ_CLOSE_ON_EXEC = 0x80000; // Linux, every architecture
  private static final int DONT_NEED = 4; // but s390's, where it would be another hint
  private static final int NONE = -1;

  private static final @Nullable Calls CALLS = link();

  private final File file;
  private long givenBack; // All before it.
  private int descriptor = NONE; // Opened when there is something to give back.

  /**
   * Of a file that exists when something is given back.
   *
   * @param begin what is before it is left alone
   */
  ForcedPages(File file, long begin) {
    this.file = file;
    this.givenBack = begin;
  }

  /** Says that all before a position has been forced. */
  void forced(long end) {
    if (end - givenBack >= RUN_BYTES) {
      giveBack(end);
    }
  }

  private void giveBack(long end) {
    long begin = givenBack;
    givenBack = end;
    Calls calls = CALLS;
    if (calls == null) {
      return;
    }
    if (descriptor < 0) {
      descriptor = open(calls);
    }
    if (descriptor >= 0) {
      advise(calls, begin, end - begin);
    }
  }

  private int open(Calls calls) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          calls.open.invokeExact(arena.allocateFrom(file.getPath()), OPEN_READ_CLOSE_ON_EXEC);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private void advise(Calls calls, long begin, long bytes) {
    try {
      int failed = (int) calls.advise.invokeExact(descriptor, begin, bytes, DONT_NEED);
      assert failed == 0 : "posix_fadvise failed with " + failed;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public void close() {
    Calls calls = CALLS;
    if (calls != null && descriptor >= 0) {
      try {
        int closed = (int) calls.close.invokeExact(descriptor);
        assert closed == 0 : "close failed";
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

  @SuppressWarnings(
      "restricted") // Three well-known calls of the C library, with their C signatures.
  private static @Nullable Calls link() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    var open = lookup.find("open");
    var advise = lookup.find("posix_fadvise64");
    var close = lookup.find("close");
    if (open.isEmpty() || advise.isEmpty() || close.isEmpty()) {
      return null;
    }
    return new Calls(
        linker.downcallHandle(
            open.get(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2)),
        linker.downcallHandle(
            advise.get(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)),
        linker.downcallHandle(close.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT)));
  }

  private record Calls(MethodHandle open, MethodHandle advise, MethodHandle close) {}
}
