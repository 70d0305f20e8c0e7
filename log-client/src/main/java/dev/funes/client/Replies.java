package dev.funes.client;

import dev.funes.record.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Writes the replies of one replier. For one thread. */
final class Replies {
  private final Producer producer;
  private final ReplyTopics topics;
  private final Set<String> known = new HashSet<>();
  private final List<Sent> underWay = new ArrayList<>();

  private record Sent(
      Request request, ProducerRecord record, CompletableFuture<RecordPosition> future) {}

  Replies(Producer producer, ReplyTopics topics) {
    this.producer = producer;
    this.topics = topics;
  }

  /**
   * Sends a reply; {@link #flush} tells when it is stored.
   *
   * @throws FunesException INVALID_ARGUMENT, when there can be no such reply topic
   */
  void send(Request request, String status, byte @Nullable [] value) {
    ensureTopic(request);
    ProducerRecord record = record(request, status, value);
    underWay.add(new Sent(request, record, producer.send(record)));
  }

  private void ensureTopic(Request request) {
    if (!known.contains(request.replyTopic())) {
      topics.ensure(request.consumed().topic(), request.replyTopic());
      known.add(request.replyTopic());
    }
  }

  private static ProducerRecord record(Request request, String status, byte @Nullable [] value) {
    List<Header> headers = new ArrayList<>(3);
    headers.add(RequestHeaders.of(RequestHeaders.CORRELATION_ID, request.correlationId()));
    headers.add(RequestHeaders.of(RequestHeaders.REPLY_STATUS, status));
    String replyTo = RequestHeaders.text(request.headers(), RequestHeaders.REPLY_TO);
    if (replyTo != null) {
      headers.add(RequestHeaders.of(RequestHeaders.REPLY_TO, replyTo));
    }
    // The key puts the reply where a search for the correlation id looks.
    byte[] key = request.correlationId().getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord(request.replyTopic(), null, key, value, headers, ProducerRecord.NOW);
  }

  /**
   * Waits until every reply is stored.
   *
   * @throws FunesException when one cannot be: its request has to be answered again
   */
  void flush() {
    List<Sent> waited = List.copyOf(underWay);
    underWay.clear();
    for (Sent sent : waited) {
      FunesException failure = failure(sent.future());
      if (failure != null) {
        sendInstead(sent, failure);
      }
    }
  }

  private void sendInstead(Sent sent, FunesException failure) {
    FunesException second =
        switch (failure.code()) {
          // The requester should know rather than wait.
          case RECORD_TOO_LARGE, BATCH_TOO_LARGE -> {
            String message = "the reply is too large: " + failure.getMessage();
            byte[] value = message.getBytes(StandardCharsets.UTF_8);
            yield failure(producer.send(record(sent.request(), RequestHeaders.ERROR, value)));
          }
          case UNKNOWN_TOPIC -> { // It was there, so somebody has deleted it.
            known.remove(sent.request().replyTopic());
            ensureTopic(sent.request());
            yield failure(producer.send(sent.record()));
          }
          default -> failure;
        };
    if (second != null) {
      throw second.rethrowable();
    }
  }

  private static @Nullable FunesException failure(CompletableFuture<RecordPosition> future) {
    try {
      var _ = future.join();
      return null;
    } catch (CompletionException e) {
      if (e.getCause() instanceof FunesException failure) {
        return failure;
      }
      throw e;
    }
  }
}
