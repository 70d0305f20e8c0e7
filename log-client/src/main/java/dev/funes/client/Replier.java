package dev.funes.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Answers the requests of a topic, as a member of a consumer group: repliers of one group share
 * them, and when one is gone, the others take over what it has not answered.
 *
 * <p>At least once: a reply is stored before the request counts as read. So after a crash a request
 * may be answered again; whoever asked takes the first reply. What the handler throws is sent as a
 * reply, too, and the replier goes on.
 *
 * <p>One thread runs it; {@link #stop} may be called from any.
 */
public final class Replier implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);

  /**
   * How long it answers before it polls again, because that is when partitions are given away. What
   * it has read and not begun by then is read again.
   */
  private static final long ROUND_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private static final String GROUP_SUFFIX = ".repliers";

  private final String topic;
  private final RequestHandler handler;
  private final ReplierListener listener;
  private final Consumer consumer;
  private final Producer producer;
  private final Admin admin;
  private final Replies replies;
  private volatile boolean stopped;

  private Replier(
      ClientConfig config,
      String topic,
      String group,
      GroupOptions options,
      RequestHandler handler,
      ReplierListener listener) {
    this.topic = topic;
    this.handler = handler;
    this.listener = listener;
    // When retention was quicker than the group, it goes on with what is there.
    this.consumer =
        Consumer.open(
            config.withOffsetReset(OffsetReset.START),
            group,
            options.withDelivery(Delivery.MANUAL));
    this.producer = Producer.open(config);
    this.admin = Admin.open(config);
    this.replies = new Replies(producer, new ReplyTopics(admin));
  }

  /** The consumer group of those who answer the requests of a topic and name no other. */
  public static String defaultGroup(String topic) {
    return topic + GROUP_SUFFIX;
  }

  /** A replier in the group {@link #defaultGroup}; it connects when it runs. */
  public static Replier open(ClientConfig config, String topic, RequestHandler handler) {
    return open(
        config, topic, defaultGroup(topic), GroupOptions.DEFAULTS, handler, ReplierListener.NONE);
  }

  /**
   * A replier; it connects when it runs.
   *
   * @param options how it is a member of the group; when offsets are stored is its own affair,
   *     though
   */
  public static Replier open(
      ClientConfig config,
      String topic,
      String group,
      GroupOptions options,
      RequestHandler handler,
      ReplierListener listener) {
    return new Replier(config, topic, group, options, handler, listener);
  }

  /**
   * Answers until {@link #stop}. A group that is new begins at the start of the topic.
   *
   * @throws FunesException UNKNOWN_TOPIC, MEMBER_KICKED, or when reading or replying has failed for
   *     good; what was not answered is answered by whoever runs next
   */
  public void run() {
    var _ = run(Long.MAX_VALUE);
  }

  /**
   * Answers until {@link #stop} or until it has answered so many; returns how many it has answered.
   */
  public long run(long countMax) {
    var _ = consumer.partitions(topic); // A member of a group would wait for a topic to appear.
    consumer.subscribe(Subscription.to(topic));
    long count = 0;
    while (count < countMax && !stopped) {
      count += answerSome(consumer.poll(POLL), countMax - count);
    }
    return count;
  }

  private long answerSome(List<ConsumedRecord> polled, long countMax) {
    long started = System.nanoTime();
    Map<TopicPartition, Long> done = new TreeMap<>();
    long count = 0;
    int next = 0;
    while (next < polled.size()
        && count < countMax
        && !stopped
        && System.nanoTime() - started < ROUND_NANOS_MAX) {
      ConsumedRecord consumed = polled.get(next);
      try {
        count += answer(consumed) ? 1 : 0;
      } catch (InterruptedException e) {
        stopped = true; // It is answered by whoever runs next.
        commit(done);
        Thread.currentThread().interrupt();
        return count;
      }
      done.put(consumed.topicPartition(), consumed.offset() + 1);
      next++;
    }
    commit(done);
    goBack(polled.subList(next, polled.size()));
    return count;
  }

  /** What was not begun is read again, by this replier or by whoever has the partition then. */
  private void goBack(List<ConsumedRecord> unanswered) {
    Set<TopicPartition> seen = new HashSet<>();
    for (ConsumedRecord consumed : unanswered) {
      if (seen.add(consumed.topicPartition())) {
        consumer.seek(consumed.topicPartition(), consumed.offset());
      }
    }
  }

  /** False when it was no request, or one whose reply can go nowhere. */
  private boolean answer(ConsumedRecord consumed) throws InterruptedException {
    Request request = Request.of(consumed);
    if (request == null) {
      listener.skipped(consumed, "no header " + RequestHeaders.CORRELATION_ID);
      return false;
    }
    byte[] value;
    Exception failure = null;
    try {
      value = handler.reply(request);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) { // Whatever it is, the requester should know.
      failure = e;
      String message = e.getMessage();
      value = (message == null ? e.toString() : message).getBytes(StandardCharsets.UTF_8);
    }
    try {
      replies.send(request, failure == null ? RequestHeaders.OK : RequestHeaders.ERROR, value);
    } catch (FunesException e) {
      if (e.code() != ErrorCode.INVALID_ARGUMENT) {
        throw e;
      }
      listener.skipped(
          consumed, "no reply topic '" + request.replyTopic() + "': " + e.getMessage());
      return false;
    }
    listener.answered(request, failure);
    return true;
  }

  /** First the replies, then the offsets: what is lost in between is answered again. */
  private void commit(Map<TopicPartition, Long> done) {
    replies.flush();
    if (done.isEmpty()) {
      return;
    }
    try {
      consumer.commit(done);
    } catch (CommitFencedException e) {
      // A partition went to another replier meanwhile, which answers again what was answered here.
    }
  }

  /** Lets {@link #run} return when the request under way is answered. From any thread. */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  /** Leaves the group. Not while it runs: {@link #stop} it first. */
  @Override
  public void close() {
    consumer.close();
    producer.close();
    admin.close();
  }
}
