package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which node is asked next, by a clock of the test's. */
class ConnectionsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Connections connections =
      new Connections(
          List.of(new ServerAddress("a", 1), new ServerAddress("b", 1), new ServerAddress("c", 1)),
          nanos::get);

  @AfterEach
  void close() {
    connections.close();
  }

  @Test
  void asksTheSameNodeWhileItAnswers() {
    ServerAddress first = connections.next();
    connections.succeeded(first);

    assertThat(connections.next()).isEqualTo(first);
  }

  @Test
  void asksTheOthersBeforeANodeThatAnswersAndCannotHelp() {
    ServerAddress first = connections.next();
    connections.succeeded(first);
    connections.passOver(first);
    ServerAddress second = connections.next();
    connections.passOver(second);
    ServerAddress third = connections.next();
    connections.passOver(third);

    assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
    assertThat(connections.next()).isEqualTo(first);
  }

  @Test
  void getsToEveryNodeHoweverLongTheCallerPauses() {
    ServerAddress first = connections.next();
    connections.failed(first);
    pass(5_000);
    ServerAddress second = connections.next();
    connections.failed(second);
    pass(5_000);
    ServerAddress third = connections.next();

    assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
  }

  @Test
  void forgetsNodesThatWereLearnedAndAreGone() {
    ServerAddress d = new ServerAddress("d", 1);
    ServerAddress e = new ServerAddress("e", 1);
    connections.learn(Set.of(d, e));
    connections.failed(d);
    connections.failed(connections.next());
    connections.learn(Set.of(d));
    assertThat(connections.nodeCount()).as("e may still answer").isEqualTo(5);

    connections.failed(e);
    connections.learn(Set.of(d));
    assertThat(connections.nodeCount()).as("those that were configured stay").isEqualTo(4);
  }

  @Test
  void isToLearnTwiceAMinute() {
    assertThat(connections.isTimeToLearn()).isFalse();
    pass(30_000);
    assertThat(connections.isTimeToLearn()).isTrue();
    assertThat(connections.isTimeToLearn()).isFalse();
    pass(29_999);
    assertThat(connections.isTimeToLearn()).isFalse();
  }

  @Test
  void asksTheOneToTrySoonestWhenAllHaveFailedOfLate() {
    ServerAddress first = connections.next();
    connections.failed(first);
    pass(50);
    for (int i = 0; i < 2; i++) {
      connections.failed(connections.next());
      pass(1);
    }

    assertThat(connections.next()).isEqualTo(first);
    assertThat(connections.isUsable(first)).isFalse();
    pass(5_000);
    assertThat(connections.isUsable(first)).isTrue();
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
