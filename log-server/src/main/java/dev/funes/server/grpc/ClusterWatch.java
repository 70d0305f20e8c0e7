package dev.funes.server.grpc;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks again and again at what the cluster knows of this node, and at where raft groups are. */
final class ClusterWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
  private static final int LOOK_MILLIS = 500;

  private ClusterWatch() {}

  static void start(
      ScheduledExecutorService timer, NodeRegistration registration, PlacementDriver driver) {
    every(timer, registration::look);
    every(timer, driver::look);
  }

  private static void every(ScheduledExecutorService timer, Runnable look) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                look.run();
              } catch (RuntimeException e) {
                // An exception would end a repeated task without a word.
                LOG.warn("a look at the cluster failed; it goes on with the next one", e);
              }
            },
            LOOK_MILLIS,
            LOOK_MILLIS,
            TimeUnit.MILLISECONDS);
  }
}
