package dev.funes.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Follows one reply topic from its end on and gives each reply to whoever waits for it; a second
 * reply to the same request finds nobody. Thread-safe; a thread of its own reads.
 */
final class ReplyReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);

  /** More would be a caller that does not look at its futures. */
  static final int WAITING_MAX = 100_000;

  private final Consumer consumer;
  private final Map<String, CompletableFuture<Reply>> waiting = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  private ReplyReader(Consumer consumer, String topic) {
    this.consumer = consumer;
    this.thread = Thread.ofPlatform().daemon().name("funes-replies-" + topic).unstarted(this::read);
  }

  /** Blocks until it is sure that no reply from now on is missed. */
  static ReplyReader start(ClientConfig config, String topic) {
    Consumer consumer = Consumer.open(config, null);
    try {
      List<TopicPartition> partitions = consumer.partitions(topic);
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
    ReplyReader reader = new ReplyReader(consumer, topic);
    reader.thread.start();
    return reader;
  }

  /** False when it has stopped to read; start another. */
  boolean isOpen() {
    return !closed;
  }

  /** The first reply to the request; the future is the caller's to complete, too. */
  CompletableFuture<Reply> await(String correlationId) {
    if (waiting.size() >= WAITING_MAX) {
      throw new FunesException(
          ErrorCode.LIMIT_EXCEEDED,
          "%d requests wait for replies already".formatted(WAITING_MAX),
          "request",
          WAITING_MAX,
          null);
    }
    CompletableFuture<Reply> future = new CompletableFuture<>();
    CompletableFuture<Reply> other = waiting.putIfAbsent(correlationId, future);
    if (other != null) {
      return other; // The same request twice: one reply is for both.
    }
    var _ = future.whenComplete((reply, failure) -> waiting.remove(correlationId, future));
    if (closed) {
      failAll(closedFailure());
    }
    return future;
  }

  private void read() {
    FunesException reason = closedFailure();
    try (consumer) {
      while (!closed) {
        for (ConsumedRecord consumed : consumer.poll(POLL)) {
          take(consumed);
        }
      }
    } catch (FunesException e) {
      reason = closed ? reason : e;
    } finally {
      closed = true;
      failAll(reason);
    }
  }

  private void take(ConsumedRecord consumed) {
    Reply reply = Reply.of(consumed);
    CompletableFuture<Reply> future = reply == null ? null : waiting.get(reply.correlationId());
    if (reply != null && future != null) {
      future.complete(reply);
    }
  }

  private void failAll(FunesException reason) {
    List.copyOf(waiting.values()).forEach(future -> future.completeExceptionally(reason));
  }

  private static FunesException closedFailure() {
    return new FunesException(ErrorCode.CLOSED, "the requester was closed");
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
