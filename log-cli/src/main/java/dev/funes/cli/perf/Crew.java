package dev.funes.cli.perf;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs workers through phases. One thread. */
final class Crew {
  /** How long to wait for what is under way when somebody has stopped the run. */
  private static final long STOPPED_NANOS_MAX = Duration.ofSeconds(6).toNanos();

  private final List<? extends Worker> workers;
  private final long intervalNanos;
  private final Stop stop;

  Crew(List<? extends Worker> workers, Duration interval, Stop stop) {
    this.workers = workers;
    this.stop = stop;
    this.intervalNanos = interval.toNanos();
  }

  /** Gets the workers ready, before the clock of the next phase starts. */
  void ready() {
    workers.forEach(Worker::ready);
  }

  /**
   * Returns when all workers have finished, or have had their chance after the phase was stopped.
   *
   * @param afterEachTick called on this thread once an interval, and at the end
   */
  void run(Phase phase, Consumer<Interval> afterEachTick) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(workers.size());
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    stop.enter(phase);
    for (int i = 0; i < workers.size(); i++) {
      Worker worker = workers.get(i);
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("perf-" + i)
              .unstarted(() -> work(worker, phase, done, failure));
      phase.enter(thread);
      thread.start();
    }
    awaitAll(done, phase, afterEachTick);
    RuntimeException thrown = failure.get();
    if (thrown != null) {
      throw thrown;
    }
  }

  private static void work(
      Worker worker,
      Phase phase,
      CountDownLatch done,
      AtomicReference<@Nullable RuntimeException> failure) {
    try {
      worker.run(phase);
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
      phase.stop();
    } finally {
      done.countDown();
    }
  }

  private void awaitAll(CountDownLatch done, Phase phase, Consumer<Interval> afterEachTick)
      throws InterruptedException {
    long nextTick = phase.startNanos() + intervalNanos;
    long stoppedAt = 0;
    boolean finished = false;
    while (!finished) {
      finished = done.await(nextTick - System.nanoTime(), TimeUnit.NANOSECONDS);
      long now = System.nanoTime();
      if (phase.isStopped()) {
        stoppedAt = stoppedAt == 0 ? now : stoppedAt;
        finished |= now - stoppedAt > STOPPED_NANOS_MAX;
      }
      if (finished || now - nextTick >= 0) {
        afterEachTick.accept(phase.recording().tick(now));
        nextTick += intervalNanos * Math.max(1, (now - nextTick) / intervalNanos + 1);
      }
    }
  }
}
