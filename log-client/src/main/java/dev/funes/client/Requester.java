package dev.funes.client;

import dev.funes.record.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks over topics: writes a request to one, and waits for the reply in another. Both are records
 * like all others, so a request outlives the requester and the replier, and a reply that comes too
 * late can be picked up (docs/request-reply.md).
 *
 * <p>Thread-safe; one for a whole program is best. There may be any number of them.
 */
public final class Requester implements AutoCloseable {
  private final ClientConfig config;
  private final String id = CorrelationIds.create();
  private final Producer producer;
  private final Admin admin;
  private final ReplyTopics replyTopics;
  private final Map<String, ReplyReader> readers = new HashMap<>(); // guarded by itself
  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("funes-request-timeouts").factory());
  private volatile boolean closed;

  private Requester(ClientConfig config) {
    // A reader that was away for so long that retention passed it goes on with what is there.
    this.config = config.withOffsetReset(OffsetReset.START);
    this.producer = Producer.open(config);
    this.admin = Admin.open(config);
    this.replyTopics = new ReplyTopics(admin);
    clock.setRemoveOnCancelPolicy(true);
  }

  /** Opens a requester; it connects with the first request. */
  public static Requester open(ClientConfig config) {
    return new Requester(config);
  }

  /** What its requests have in {@link RequestHeaders#REPLY_TO}. */
  public String id() {
    return id;
  }

  /** A name for a request, never used before, for those who want to know it beforehand. */
  public static String newCorrelationId() {
    return CorrelationIds.create();
  }

  /**
   * Asks, and waits for the first reply; later ones to the same request are passed over.
   *
   * <p>The headers {@link RequestHeaders#CORRELATION_ID} and {@link RequestHeaders#REPLY_TOPIC} are
   * added unless they are given. The reply topic is created when it is missing. Blocks for the
   * first request of a topic, until replies to it are being read.
   *
   * <p>The future completes with a reply, which may say that the replier could not answer ({@link
   * Reply#isError}), or fails with a {@link RequestTimeoutException} or another {@link
   * FunesException}; its callbacks must be quick.
   *
   * @param key chooses the partition of the request; null: any
   * @param timeout from now until the reply
   */
  public CompletableFuture<Reply> request(
      String topic,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers,
      Duration timeout) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    String givenId = RequestHeaders.text(headers, RequestHeaders.CORRELATION_ID);
    String correlationId = givenId == null ? CorrelationIds.create() : givenId;
    String givenTopic = RequestHeaders.text(headers, RequestHeaders.REPLY_TOPIC);
    String replyTopic = givenTopic == null ? RequestHeaders.defaultReplyTopic(topic) : givenTopic;
    List<Header> all = new ArrayList<>(headers.size() + 3);
    headers.stream().filter(header -> !RequestHeaders.isOurs(header)).forEach(all::add);
    all.add(RequestHeaders.of(RequestHeaders.CORRELATION_ID, correlationId));
    all.add(RequestHeaders.of(RequestHeaders.REPLY_TOPIC, replyTopic));
    all.add(RequestHeaders.of(RequestHeaders.REPLY_TO, id));
    try {
      CompletableFuture<Reply> reply = reader(topic, replyTopic).await(correlationId);
      OpenRequest open = new OpenRequest(topic, correlationId, timeout, reply);
      open.timeOutAt(deadlineNanos);
      open.follow(
          producer.send(new ProducerRecord(topic, null, key, value, all, ProducerRecord.NOW)));
      return reply;
    } catch (FunesException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** As {@link #request(String, byte[], byte[], List, Duration)}, without headers. */
  public CompletableFuture<Reply> request(
      String topic, byte @Nullable [] key, byte @Nullable [] value, Duration timeout) {
    return request(topic, key, value, List.of(), timeout);
  }

  /**
   * The stored reply to an earlier request, of whichever requester, if there is one by now. Blocks
   * while it looks through a partition of the reply topic, from the time of the request on.
   *
   * @throws FunesException UNKNOWN_TOPIC
   */
  public Optional<Reply> find(String topic, String correlationId) {
    return find(topic, correlationId, new CompletableFuture<>());
  }

  private Optional<Reply> find(String topic, String correlationId, CompletableFuture<Reply> found) {
    String replyTopic = RequestHeaders.defaultReplyTopic(topic);
    var _ = admin.describeTopic(topic);
    return replyTopics.exists(replyTopic)
        ? new ReplySearch(config).find(replyTopic, correlationId, () -> closed || found.isDone())
        : Optional.empty();
  }

  /**
   * Waits for the reply to an earlier request, of whichever requester: one that is stored already,
   * or else the next that comes. Blocks for the first call of a topic only; fails as {@link
   * #request} does.
   */
  public CompletableFuture<Reply> await(String topic, String correlationId, Duration timeout) {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    String replyTopic = RequestHeaders.defaultReplyTopic(topic);
    try {
      CompletableFuture<Reply> reply = reader(topic, replyTopic).await(correlationId);
      new OpenRequest(topic, correlationId, timeout, reply).timeOutAt(deadlineNanos);
      Thread.ofVirtual()
          .name("funes-reply-search")
          .start(
              () -> {
                try {
                  find(topic, correlationId, reply).ifPresent(reply::complete);
                } catch (FunesException e) {
                  reply.completeExceptionally(e);
                }
              });
      return reply;
    } catch (FunesException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private ReplyReader reader(String topic, String replyTopic) {
    synchronized (readers) {
      if (closed) {
        throw new FunesException(ErrorCode.CLOSED, "the requester was closed");
      }
      ReplyReader reader = readers.get(replyTopic);
      if (reader == null || !reader.isOpen()) {
        replyTopics.ensure(topic, replyTopic);
        reader = ReplyReader.start(config, replyTopic);
        readers.put(replyTopic, reader);
      }
      return reader;
    }
  }

  /** What waits for its reply fails. */
  @Override
  public void close() {
    List<ReplyReader> open;
    synchronized (readers) {
      closed = true;
      open = List.copyOf(readers.values());
      readers.clear();
    }
    open.forEach(ReplyReader::close);
    clock.shutdownNow();
    producer.close();
    admin.close();
  }

  /** A request that waits, and what is known of it. */
  private final class OpenRequest {
    private final String topic;
    private final String correlationId;
    private final Duration timeout;
    private final CompletableFuture<Reply> reply;
    private volatile @Nullable RecordPosition stored;
    private volatile boolean sent;

    OpenRequest(
        String topic, String correlationId, Duration timeout, CompletableFuture<Reply> reply) {
      this.topic = topic;
      this.correlationId = correlationId;
      this.timeout = timeout;
      this.reply = reply;
    }

    void follow(CompletableFuture<RecordPosition> written) {
      sent = true;
      var _ =
          written.whenComplete(
              (position, failure) -> {
                if (failure == null) {
                  stored = position;
                } else if (!(failure instanceof FunesException unknown
                    && unknown.code() == ErrorCode.UNKNOWN_OUTCOME)) {
                  reply.completeExceptionally(failure);
                } // else it may be stored, and be answered yet.
              });
    }

    void timeOutAt(long deadlineNanos) {
      ScheduledFuture<?> timer;
      try {
        timer =
            clock.schedule(
                () -> {
                  reply.completeExceptionally(
                      new RequestTimeoutException(correlationId, stored, describe()));
                },
                deadlineNanos - System.nanoTime(),
                TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        throw new FunesException(ErrorCode.CLOSED, "the requester was closed", e);
      }
      var _ = reply.whenComplete((answer, failure) -> timer.cancel(false));
    }

    private String describe() {
      RecordPosition position = stored;
      String known =
          position != null
              ? "the request is stored at %s/%d@%d"
                  .formatted(position.topic(), position.partition(), position.offset())
              : sent
                  ? "it is not known whether the request is stored in " + topic
                  : "where the request is stored is not known here";
      return "no reply to %s within %d ms; %s, and a reply that comes later is kept"
          .formatted(correlationId, timeout.toMillis(), known);
    }
  }
}
