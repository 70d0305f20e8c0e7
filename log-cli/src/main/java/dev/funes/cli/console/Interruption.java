package dev.funes.cli.console;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets a command end in order when somebody presses Ctrl-C: the command is told, and the process
 * stays until the command has said its last word or the grace is over.
 *
 * <p>The callback runs on a thread of its own.
 */
public final class Interruption implements AutoCloseable {
  /** The exit code of a command that Ctrl-C ended, which is 128 and the number of SIGINT. */
  public static final int EXIT_CODE = 130;

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final BooleanSupplier onRequest;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::runHook, "funes-interruption");
  private volatile boolean requested;

  private Interruption(BooleanSupplier onRequest) {
    this.onRequest = onRequest;
  }

  /** Starts to listen; the callback wakes what the command waits for. */
  public static Interruption listen(Runnable onRequest) {
    return listenUntil(
        () -> {
          onRequest.run();
          return false;
        });
  }

  /** Starts to listen; when the callback answers true, there is nothing left to wait for. */
  public static Interruption listenUntil(BooleanSupplier onRequest) {
    Interruption interruption = new Interruption(onRequest);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** True once the command has to end. */
  public boolean isRequested() {
    return requested;
  }

  private void runHook() {
    requested = true;
    if (onRequest.getAsBoolean()) {
      return;
    }
    try {
      finished.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command has said its last word. */
  @Override
  public void close() {
    finished.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending this very moment; the hook finds the latch open.
        requested = true;
      }
    }
  }
}
