package dev.funes.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupOptions;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import dev.funes.client.Replier;
import dev.funes.client.ReplierListener;
import dev.funes.client.Reply;
import dev.funes.client.Request;
import dev.funes.client.RequestHandler;
import dev.funes.client.RequestHeaders;
import dev.funes.client.RequestTimeoutException;
import dev.funes.client.Requester;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.record.Header;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Questions and answers over topics, with three real nodes. */
class RequestReplyTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final int PARTITIONS = 4;
  private static final Duration LONG = Duration.ofSeconds(60);

  /** So that who is gone is soon replaced. */
  private static final GroupOptions BRIEF_SESSION =
      GroupOptions.builder().sessionTimeout(Duration.ofSeconds(2)).build();

  private final List<RunningReplier> repliers = new ArrayList<>();
  private ClientConfig config = ClientConfig.builder().build();
  private String topic = "";

  @BeforeEach
  void createTopic(TestInfo test) {
    config = TestClients.config(CLUSTER.addresses());
    topic = test.getTestMethod().orElseThrow().getName();
    try (Admin admin = Admin.open(config)) {
      admin.createTopic(topic, PARTITIONS, TopicSettings.DEFAULTS);
    }
  }

  @AfterEach
  void stopRepliers() throws InterruptedException {
    for (RunningReplier replier : repliers) {
      replier.stop();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "null" : new String(bytes, UTF_8);
  }

  /** Answers on a thread of its own. */
  private static final class RunningReplier implements ReplierListener {
    final Replier replier;
    final Thread thread;
    final AtomicInteger answered = new AtomicInteger();
    final Queue<String> skipped = new ConcurrentLinkedQueue<>();
    final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    RunningReplier(ClientConfig config, String topic, RequestHandler handler) {
      replier =
          Replier.open(config, topic, Replier.defaultGroup(topic), BRIEF_SESSION, handler, this);
      thread = Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
      try (replier) {
        replier.run();
        ended.complete(null);
      } catch (RuntimeException e) {
        ended.completeExceptionally(e);
      }
    }

    @Override
    public void answered(Request request, @Nullable Exception failure) {
      answered.incrementAndGet();
    }

    @Override
    public void skipped(ConsumedRecord consumed, String why) {
      skipped.add(consumed.partition() + "@" + consumed.offset() + ": " + why);
    }

    void stop() throws InterruptedException {
      replier.stop();
      thread.join(Duration.ofSeconds(30));
    }
  }

  private RunningReplier replier(RequestHandler handler) {
    RunningReplier replier = new RunningReplier(config, topic, handler);
    repliers.add(replier);
    return replier;
  }

  private static RequestHandler shout() {
    return request -> bytes(text(request.value()).toUpperCase(Locale.ROOT));
  }

  private List<ConsumedRecord> read(String name) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(new TopicPartition(name, i));
    }
    return TestClients.consume(CLUSTER.addresses(), partitions);
  }

  @Test
  void manyRequestersAreAnsweredByManyRepliers() throws Exception {
    for (int i = 0; i < 3; i++) {
      replier(shout());
    }
    List<Requester> requesters = new ArrayList<>();
    Map<String, CompletableFuture<Reply>> asked = new HashMap<>();
    try {
      for (int i = 0; i < 4; i++) {
        requesters.add(Requester.open(config));
      }
      for (int i = 0; i < 400; i++) {
        String question = "question " + i;
        asked.put(
            question,
            requesters
                .get(i % requesters.size())
                .request(topic, bytes("key" + i % 50), bytes(question), LONG));
      }
      for (Map.Entry<String, CompletableFuture<Reply>> each : asked.entrySet()) {
        Reply reply = each.getValue().get(60, TimeUnit.SECONDS);
        assertThat(text(reply.value())).isEqualTo(each.getKey().toUpperCase(Locale.ROOT));
        assertThat(reply.isError()).isFalse();
      }
      Reply one = asked.values().iterator().next().get();
      assertThat(requesters)
          .extracting(Requester::id)
          .contains(RequestHeaders.text(one.headers(), RequestHeaders.REPLY_TO));
      // Sooner or later each of the repliers has its share.
      Requester any = requesters.getFirst();
      AtomicInteger more = new AtomicInteger();
      await()
          .atMost(LONG)
          .until(
              () -> {
                any.request(topic, bytes("key" + more.incrementAndGet()), bytes("x"), LONG).get();
                return repliers.stream().allMatch(replier -> replier.answered.get() > 0);
              });
    } finally {
      requesters.forEach(Requester::close);
    }
  }

  @Test
  void anotherReplierAnswersWhatOneThatIsGoneHasNot() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    RunningReplier first =
        replier(
            request -> {
              hangs.countDown();
              never.await();
              return null;
            });
    try (Requester requester = Requester.open(config)) {
      CompletableFuture<Reply> reply = requester.request(topic, null, bytes("hello"), LONG);
      assertThat(hangs.await(60, TimeUnit.SECONDS)).isTrue();
      first.thread.interrupt(); // In the middle of the request.
      first.thread.join();

      replier(shout());

      assertThat(text(reply.get(60, TimeUnit.SECONDS).value())).isEqualTo("HELLO");
    }
  }

  @Test
  void aSlowReplierGivesWhatItHasNotBegunToOneThatJoins() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    try (Requester requester = Requester.open(config)) {
      for (int i = 0; i < 24; i++) {
        replies.add(requester.request(topic, bytes("key" + i), bytes("" + i), LONG));
      }
      replier(
          request -> {
            begun.countDown();
            return never.await(200, TimeUnit.MILLISECONDS) ? null : request.value(); // Much work.
          });
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

      RunningReplier second = replier(shout());

      for (CompletableFuture<Reply> reply : replies) {
        assertThat(reply.get(60, TimeUnit.SECONDS).isError()).isFalse();
      }
      assertThat(second.answered.get()).isPositive();
      assertThat(repliers.stream().mapToInt(replier -> replier.answered.get()).sum())
          .as("what was not begun is handed over, not what was answered")
          .isBetween(24, 40);
    }
  }

  @Test
  void aReplyTopicThatWasDeletedIsMadeAgain() throws Exception {
    replier(shout());
    try (Requester requester = Requester.open(config);
        Admin admin = Admin.open(config)) {
      requester.request(topic, null, bytes("a"), LONG).get();
      admin.deleteTopic(RequestHeaders.defaultReplyTopic(topic));
    }
    try (Requester requester = Requester.open(config)) {
      assertThat(text(requester.request(topic, null, bytes("b"), LONG).get().value()))
          .isEqualTo("B");
    }
  }

  @Test
  void aReplyThatCameTooLateIsKeptAndFound() throws Exception {
    String id;
    RequestTimeoutException timeout;
    try (Requester gone = Requester.open(config)) {
      CompletableFuture<Reply> reply =
          gone.request(topic, null, bytes("hello"), Duration.ofSeconds(3));
      timeout = timeout(reply);
      id = timeout.correlationId();
      assertThat(gone.find(topic, id)).isEmpty();
    }
    assertThat(timeout.code()).isEqualTo(ErrorCode.TIMEOUT);
    RecordPosition stored = timeout.request();
    if (stored == null) {
      throw new AssertionError("expected the place of the request", timeout);
    }
    assertThat(timeout)
        .hasMessageContaining("no reply to " + id + " within 3000 ms")
        .hasMessageContaining("is stored at " + topic + "/" + stored.partition() + "@0")
        .hasMessageContaining("kept");

    try (Requester later = Requester.open(config)) {
      CompletableFuture<Reply> waiting = later.await(topic, id, LONG);
      replier(shout());
      assertThat(text(waiting.get(60, TimeUnit.SECONDS).value())).isEqualTo("HELLO");
      assertThat(later.find(topic, id)).get().isEqualTo(waiting.get());
      assertThat(later.await(topic, id, LONG).get(60, TimeUnit.SECONDS)).isEqualTo(waiting.get());
      assertThat(later.find(topic, "unheard-of")).isEmpty();
      assertThat(timeout(later.await(topic, "unheard-of", Duration.ofMillis(100))))
          .hasMessageContaining("no reply to unheard-of");
    }
  }

  private static RequestTimeoutException timeout(CompletableFuture<Reply> reply) {
    try {
      Reply unexpected = reply.join();
      throw new AssertionError("expected a timeout, was " + unexpected);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RequestTimeoutException timeout) {
        return timeout;
      }
      throw e;
    }
  }

  @Test
  void theFirstReplyWins() throws Exception {
    try (Requester requester = Requester.open(config);
        Producer producer = Producer.open(config)) {
      String id = Requester.newCorrelationId();
      List<Header> headers = List.of(new Header(RequestHeaders.CORRELATION_ID, bytes(id)));
      CompletableFuture<Reply> reply =
          requester.request(topic, null, bytes("hello"), headers, LONG);
      String replies = RequestHeaders.defaultReplyTopic(topic);
      // What is no reply, or to another request, is passed over.
      producer.send(ProducerRecord.of(replies, bytes(id), bytes("no header"))).get();
      producer.send(reply(replies, "other", "to another")).get();
      producer.send(reply(replies, id, "first")).get();
      producer.send(reply(replies, id, "second")).get();

      assertThat(text(reply.get(60, TimeUnit.SECONDS).value())).isEqualTo("first");
      assertThat(requester.find(topic, id)).get().isEqualTo(reply.get());
    }
  }

  private static ProducerRecord reply(String replies, String id, String value) {
    return new ProducerRecord(
        replies,
        null,
        bytes(id),
        bytes(value),
        List.of(
            new Header(RequestHeaders.CORRELATION_ID, bytes(id)),
            new Header(RequestHeaders.REPLY_STATUS, bytes(RequestHeaders.OK))),
        ProducerRecord.NOW);
  }

  @Test
  void whatAHandlerCannotDoIsAReplyToo() throws Exception {
    RunningReplier replier =
        replier(
            request -> {
              if (text(request.value()).equals("bad")) {
                throw new IllegalStateException("no answer to that");
              }
              return text(request.value()).equals("huge") ? new byte[2 << 20] : bytes("fine");
            });
    try (Requester requester = Requester.open(config)) {
      Reply bad = requester.request(topic, null, bytes("bad"), LONG).get();
      Reply huge = requester.request(topic, null, bytes("huge"), LONG).get();
      Reply good = requester.request(topic, null, bytes("good"), LONG).get();

      assertThat(bad.isError()).isTrue();
      assertThat(bad.errorMessage()).isEqualTo("no answer to that");
      assertThat(huge.errorMessage()).contains("too large").contains("1048576");
      assertThat(text(good.value())).isEqualTo("fine");
    }
    assertThat(replier.ended).isNotDone();
  }

  @Test
  void whatIsNoRequestIsSkippedWithAWarning() throws Exception {
    RunningReplier replier = replier(shout());
    try (Producer producer = Producer.open(config);
        Requester requester = Requester.open(config)) {
      producer.send(ProducerRecord.of(topic, null, bytes("no header"))).get();
      Header id = new Header(RequestHeaders.CORRELATION_ID, bytes("1"));
      Header nowhere = new Header(RequestHeaders.REPLY_TOPIC, bytes("../etc"));
      producer
          .send(new ProducerRecord(topic, 0, null, null, List.of(id, nowhere), ProducerRecord.NOW))
          .get();

      assertThat(text(requester.request(topic, null, bytes("a"), LONG).get().value()))
          .isEqualTo("A");
      await().atMost(LONG).until(() -> replier.skipped.size() == 2);
    }
    assertThat(replier.skipped)
        .anyMatch(line -> line.contains(RequestHeaders.CORRELATION_ID))
        .anyMatch(line -> line.contains("no reply topic '../etc'"));
  }

  @Test
  void aReplyGoesWhereTheRequestSays() throws Exception {
    replier(shout());
    String elsewhere = topic + "-elsewhere";
    try (Requester requester = Requester.open(config)) {
      Header header = new Header(RequestHeaders.REPLY_TOPIC, bytes(elsewhere));
      Reply reply = requester.request(topic, null, bytes("a"), List.of(header), LONG).get();

      assertThat(reply.topic()).isEqualTo(elsewhere);
    }
    assertThat(read(elsewhere)).hasSize(1);
  }

  @Test
  void badRequestsFailAtOnceAndWriteNothing() {
    try (Requester requester = Requester.open(config)) {
      assertFails(
          requester.request("nowhere", null, null, LONG), ErrorCode.UNKNOWN_TOPIC, "nowhere");
      assertFails(requester.request("a/b", null, null, LONG), ErrorCode.INVALID_ARGUMENT, "topic");
      assertFails(
          requester.request(topic, null, new byte[2 << 20], LONG),
          ErrorCode.RECORD_TOO_LARGE,
          "1048576");
      assertFails(requester.await("nowhere", "1", LONG), ErrorCode.UNKNOWN_TOPIC, "nowhere");
      assertThatThrownBy(() -> requester.find("nowhere", "1"))
          .isInstanceOf(FunesException.class)
          .hasMessageContaining("nowhere");
    }
    assertThat(read(topic)).isEmpty();
    Requester closed = Requester.open(config);
    closed.close();
    assertFails(closed.request(topic, null, null, LONG), ErrorCode.CLOSED, "closed");
  }

  private static void assertFails(CompletableFuture<Reply> reply, ErrorCode code, String words) {
    assertThatThrownBy(reply::join)
        .cause()
        .isInstanceOfSatisfying(
            FunesException.class, failure -> assertThat(failure.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }
}
