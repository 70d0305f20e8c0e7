package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RegistrationTroubleTest {
  private static final NodeEndpoint SELF = new NodeEndpoint(new NodeId(3), "here", 7070, 7080);

  // Anywhere: the clock of a JVM may begin below zero.
  private final AtomicLong nanos = new AtomicLong(-TimeUnit.MINUTES.toNanos(5));
  private final RegistrationTrouble trouble = new RegistrationTrouble(nanos::get);

  @Test
  void tellsTheFirstFailureWithItsReasonAndWhatToDo() {
    RequestProblem refused = new RequestProblem(Errors.unavailable("node 1 did not answer: gone"));

    assertThat(trouble.failed(SELF, new CompletionException(refused)))
        .startsWith(
            "node 3 cannot register as here:7070 with the cluster (try 1): node 1 did not answer: gone.")
        .contains("funes cluster describe", "'id', 'host'")
        .doesNotContain("\n");
  }

  @Test
  void tellsItAgainAfterAMinuteAndNotBefore() {
    assertThat(trouble.failed(SELF, new IllegalStateException())).contains("IllegalStateException");

    nanos.addAndGet(TimeUnit.SECONDS.toNanos(60) - 1);
    assertThat(trouble.failed(SELF, new IllegalStateException("b"))).isNull();

    nanos.addAndGet(1);
    assertThat(trouble.failed(SELF, new IllegalStateException("c"))).contains("(try 3): c.");
    assertThat(trouble.failed(SELF, new IllegalStateException("d"))).isNull();
  }
}
