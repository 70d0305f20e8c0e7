package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TopicLookupTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final AtomicInteger questions = new AtomicInteger();

  private static TopicDescription topic(String name) {
    return new TopicDescription(new TopicInfo(name, 1, 1, TopicSettings.DEFAULTS), List.of());
  }

  private static TopicLookup lookup(TopicLookup.Question question) {
    return new TopicLookup(
        question, Duration.ofSeconds(5), failure -> Failure.isTransient(failure.code()));
  }

  private CompletableFuture<TopicDescription> start(TopicLookup lookup, String topic) {
    CompletableFuture<TopicDescription> found = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            found.complete(lookup.find(topic, LONG));
          } catch (RuntimeException e) {
            found.completeExceptionally(e);
          }
        });
    return found;
  }

  @Test
  void asksAgainWhileNobodyCanTell() {
    TopicLookup lookup =
        lookup(
            (name, timeout) -> {
              if (questions.incrementAndGet() < 4) {
                throw new FunesException(ErrorCode.UNAVAILABLE, "no leader");
              }
              return topic(name);
            });

    assertThat(lookup.find("orders", LONG)).isEqualTo(topic("orders"));
    assertThat(questions).hasValue(4);
  }

  @Test
  void saysAtOnceWhatDoesNotPass() {
    TopicLookup lookup =
        lookup(
            (name, timeout) -> {
              questions.incrementAndGet();
              throw new FunesException(ErrorCode.UNKNOWN_TOPIC, "there is no topic " + name);
            });

    assertThatExceptionOfType(FunesException.class)
        .isThrownBy(() -> lookup.find("orders", LONG))
        .withMessage("there is no topic orders");
    assertThat(questions).hasValue(1);
  }

  @Test
  void givesUpWhenItsPatienceIsOverAndAsksNoLongerThanThat() {
    TopicLookup lookup =
        lookup(
            (name, timeout) -> {
              questions.incrementAndGet();
              assertThat(timeout).isLessThanOrEqualTo(Duration.ofMillis(50));
              throw new FunesException(ErrorCode.TIMEOUT, "gave up");
            });

    assertThatExceptionOfType(FunesException.class)
        .isThrownBy(() -> lookup.find("orders", Duration.ofMillis(50)))
        .withMessage("gave up");
    assertThat(questions).hasPositiveValue();
  }

  @Test
  void asksOnceForAllWhoWantATopicAndDoesNotHoldUpAnotherOne() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    TopicLookup lookup =
        lookup(
            (name, timeout) -> {
              if (name.equals("slow")) {
                questions.incrementAndGet();
                try {
                  assertThat(answer.await(1, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
              return topic(name);
            });

    CompletableFuture<TopicDescription> first = start(lookup, "slow");
    await().until(() -> questions.get() == 1);
    CompletableFuture<TopicDescription> second = start(lookup, "slow");
    assertThat(lookup.find("quick", LONG)).isEqualTo(topic("quick"));
    assertThat(first).isNotDone();
    answer.countDown();

    assertThat(first.get()).isEqualTo(topic("slow"));
    assertThat(second.get()).isEqualTo(topic("slow"));
  }
}
