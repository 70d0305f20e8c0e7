package org.apache.ratis.util;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AwaitToRunTest {

  /** As a Raft log is closed; Ratis' own class waits here for ever. */
  @Test
  void closesWhileTheCallerHoldsTheLockThatTheMethodWaitsFor() throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch ended = new CountDownLatch(1);
    AwaitToRun waiting =
        new AwaitToRun(
                "test",
                () -> {
                  lock.lock();
                  try {
                    ended.countDown();
                  } finally {
                    lock.unlock();
                  }
                })
            .start();
    lock.lock();
    try {
      waiting.signal();
      while (!lock.hasQueuedThreads()) {
        Thread.sleep(1);
      }
      waiting.close();
    } finally {
      lock.unlock();
    }

    assertThat(ended.await(30, SECONDS)).isTrue();
  }

  @Test
  void runsOnASignalAlsoAfterAFailureAndNotAfterItIsClosed() throws InterruptedException {
    LinkedBlockingQueue<Thread> runs = new LinkedBlockingQueue<>();
    AtomicInteger count = new AtomicInteger();
    AwaitToRun running =
        new AwaitToRun(
                "test",
                () -> {
                  runs.add(Thread.currentThread());
                  if (count.incrementAndGet() == 1) {
                    throw new IllegalStateException("the first fails");
                  }
                })
            .start();

    running.signal();
    Thread thread = runs.take();
    running.signal();
    assertThat(runs.take()).isSameAs(thread);
    running.close();
    running.signal();

    thread.join(30_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(count).hasValue(2);
  }

  @Test
  void hearsASignalThatComesWhileTheMethodRuns() throws InterruptedException {
    CountDownLatch firstMayEnd = new CountDownLatch(1);
    LinkedBlockingQueue<String> runs = new LinkedBlockingQueue<>();
    try (AwaitToRun running =
        new AwaitToRun(
                "test",
                () -> {
                  runs.add("run");
                  try {
                    firstMayEnd.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .start()) {
      running.signal();
      runs.take();
      running.signal();
      firstMayEnd.countDown();

      assertThat(runs.poll(30, SECONDS)).isEqualTo("run");
    }
  }
}
