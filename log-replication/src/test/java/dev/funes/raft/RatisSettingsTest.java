package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.retry.RetryPolicy;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatisSettingsTest {

  @TempDir private Path directory;

  /** It would be looked for every 2.5 to 7.5 s by default, and without a pause in the end. */
  @ParameterizedTest
  @ValueSource(ints = {11, 31, 1_031, 10_000_000})
  void aNodeIsLookedForTwiceASecondHoweverLongItIsAway(int attempts) {
    RetryPolicy policy = RetryPolicy.parse(Log.Appender.retryPolicy(properties()), "retry");

    assertThat(
            policy
                .handleAttemptFailure(() -> attempts)
                .getSleepTime()
                .toLong(TimeUnit.MILLISECONDS))
        .isBetween(250L, 750L);
  }

  /** The first time after a moment: a connection that broke may be there again at once. */
  @Test
  void aNodeThatHasJustGoneIsLookedForAtOnce() {
    RetryPolicy policy = RetryPolicy.parse(Log.Appender.retryPolicy(properties()), "retry");

    assertThat(policy.handleAttemptFailure(() -> 1).getSleepTime().toLong(TimeUnit.MILLISECONDS))
        .isLessThan(10);
  }

  private RaftProperties properties() {
    return RatisSettings.properties(
        RaftSettings.in(directory),
        new NodeEndpoint(new NodeId(1), "127.0.0.1", 7_001, 7_002),
        true);
  }
}
