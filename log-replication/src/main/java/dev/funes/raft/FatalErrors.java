package dev.funes.raft;

import java.lang.Thread.UncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the node when the JVM itself failed under one of its threads: a mapped page that could not
 * be read or written ({@link InternalError}), above all. The thread would be gone, or its request
 * answered with an error, and the node would go on with what it cannot trust.
 */
public final class FatalErrors implements UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

  private final FatalHandler fatal;

  /** To be set as the default of all threads of a process that is one node. */
  public FatalErrors(FatalHandler fatal) {
    this.fatal = fatal;
  }

  /**
   * Hands a failure that was caught on this thread to whoever would have had it if it had not been
   * caught, when it is one that ends nodes.
   */
  public static void raise(@Nullable Throwable caught) {
    for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
      if (isFatal(cause)) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
        return;
      }
    }
  }

  /** Too deep a recursion is a failure of one request. */
  private static boolean isFatal(Throwable failure) {
    return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    if (isFatal(failure)) {
      fatal.fatal("thread " + thread.getName() + " failed: " + failure, failure);
    } else {
      LOG.error("thread {} ended", thread.getName(), failure);
    }
  }
}
