package dev.funes.chaos.cluster;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The calls of Linux that the JDK does not offer. */
final class NativeCalls {
  /** _IOR('X', 125, __u32) of linux/fs.h. */
  private static final long FS_IOC_SHUTDOWN = 0x8004587dL;

  /** Neither the journal nor anything else is written first. */
  private static final int NO_FLUSH = 2;

  private static final int READ_ONLY = 0;

  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private NativeCalls() {}

  /** Stops a mounted file system as a loss of power would. Root only. */
  @SuppressWarnings("IllegalCatch") // MethodHandle.invokeExact throws Throwable.
  static void shutDownFileSystem(Path mount) throws IOException {
    int result;
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(arena.allocateFrom(mount.toString()), READ_ONLY);
      MemorySegment mode = arena.allocateFrom(ValueLayout.JAVA_INT, NO_FLUSH);
      result = (int) IOCTL.invokeExact(fd, FS_IOC_SHUTDOWN, mode);
      int _ = (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw new IOException("FS_IOC_SHUTDOWN of " + mount, e);
    }
    if (result != 0) {
      throw new IOException("FS_IOC_SHUTDOWN of " + mount + " was refused");
    }
  }

  @SuppressWarnings("restricted") // Fixed signatures, as in the manual pages of the three calls.
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }
}
