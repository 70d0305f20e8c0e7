package dev.funes.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Asks the cluster for topics, and asks again while nobody can tell.
 *
 * <p>Who wants a topic that somebody asks for already waits for the same answer; different topics
 * do not wait for each other. Thread-safe; the caller blocks.
 */
final class TopicLookup {
  private static final long REST_MILLIS_MAX = 500;

  /** One question to the cluster; throws FunesException. */
  interface Question {
    TopicDescription ask(String topic, Duration timeout);
  }

  private final Question question;
  private final Duration timeout;
  private final Predicate<FunesException> passes;
  private final ConcurrentHashMap<String, CompletableFuture<TopicDescription>> asked =
      new ConcurrentHashMap<>();

  /**
   * @param timeout of one question
   * @param passes whether asking again may help
   */
  TopicLookup(Question question, Duration timeout, Predicate<FunesException> passes) {
    this.question = question;
    this.timeout = timeout;
    this.passes = passes;
  }

  static TopicLookup over(Connections connections, ClientConfig config) {
    return new TopicLookup(
        (topic, timeout) -> new TopicCalls(new UnaryCalls(connections, timeout)).describe(topic),
        config.requestTimeout(),
        failure -> passes(failure.code(), connections));
  }

  private static boolean passes(ErrorCode code, Connections connections) {
    // Addresses at which nobody was ever met are more likely wrong than down.
    return code == ErrorCode.UNREACHABLE ? connections.hasMetNode() : Failure.isTransient(code);
  }

  /**
   * @param patience how long to ask again while it may help
   * @throws FunesException UNKNOWN_TOPIC; or why nobody could tell for so long
   */
  TopicDescription find(String topic, Duration patience) {
    long started = System.nanoTime();
    long leftMillis = patience.toMillis();
    // The rest of the time when no question gets an answer in it any more.
    long rest = Math.min(REST_MILLIS_MAX, leftMillis / 10);
    while (true) {
      try {
        return share(topic, Duration.ofMillis(Math.min(leftMillis, timeout.toMillis())));
      } catch (FunesException e) {
        leftMillis =
            patience.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
        if (leftMillis <= rest || !passes.test(e) || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  private TopicDescription share(String topic, Duration most) {
    CompletableFuture<TopicDescription> own = new CompletableFuture<>();
    CompletableFuture<TopicDescription> others = asked.putIfAbsent(topic, own);
    if (others != null) {
      return await(topic, others, most);
    }
    try {
      TopicDescription found = question.ask(topic, most);
      own.complete(found);
      return found;
    } catch (RuntimeException | Error e) {
      own.completeExceptionally(e);
      throw e;
    } finally {
      asked.remove(topic, own);
    }
  }

  private static TopicDescription await(
      String topic, CompletableFuture<TopicDescription> answer, Duration most) {
    try {
      return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof FunesException failure
          ? failure.rethrowable()
          : new FunesException(ErrorCode.INTERNAL, "looking up " + topic + " failed", e.getCause());
    } catch (TimeoutException e) {
      throw new FunesException(
          ErrorCode.TIMEOUT,
          "no node has told the partitions of %s within %d ms".formatted(topic, most.toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FunesException(ErrorCode.TIMEOUT, "interrupted while looking up " + topic, e);
    }
  }
}
