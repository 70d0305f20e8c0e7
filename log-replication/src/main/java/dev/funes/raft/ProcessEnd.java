package dev.funes.raft;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends this process at once, with the C library's {@code _exit}. {@link Runtime#halt} waits for
 * threads that are in a call into the kernel, which is always 0.3 s in a node, and up to ten
 * seconds for a method that is being compiled; meanwhile other threads go on.
 *
 * <p>Everything that it takes is made before it is needed: there may be no memory, thread or
 * descriptor left then. Thread-safe.
 */
final class ProcessEnd {
  private final int status;
  private final @Nullable MethodHandle exit;
  private final CountDownLatch near = new CountDownLatch(1);

  private ProcessEnd(int status, @Nullable MethodHandle exit) {
    this.status = status;
    this.exit = exit;
  }

  /**
   * Makes an end ready, with one thread that waits for it.
   *
   * @param lastWordsMillisMax how long after {@link #begin} the process ends, whatever else happens
   */
  static ProcessEnd prepare(int status, long lastWordsMillisMax) {
    ProcessEnd end = new ProcessEnd(status, link());
    Thread.ofPlatform()
        .daemon()
        .name("process-end")
        .start(
            () -> {
              try {
                end.near.await();
                TimeUnit.MILLISECONDS.sleep(lastWordsMillisMax);
              } catch (InterruptedException e) {
                return; // nobody does
              }
              end.now();
            });
    return end;
  }

  /** The process has some time left, to say why it ends. */
  void begin() {
    near.countDown();
  }

  /** Does not return. */
  void now() {
    MethodHandle call = exit;
    if (call != null) {
      try {
        call.invokeExact(status);
      } catch (Throwable e) {
        // There is another way.
      }
    }
    Runtime.getRuntime().halt(status);
  }

  @SuppressWarnings("restricted") // A well-known call of the C library, with its C signature.
  private static @Nullable MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("_exit")
        .map(address -> linker.downcallHandle(address, FunctionDescriptor.ofVoid(JAVA_INT)))
        .orElse(null);
  }
}
