package dev.funes.client;

import dev.funes.record.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that a replier is to answer, and where it is stored.
 *
 * @param replyTopic where the reply will go
 */
public record Request(String correlationId, String replyTopic, ConsumedRecord consumed) {
  /** Null when the record has no correlation id, and so nobody waits for a reply. */
  static @Nullable Request of(ConsumedRecord consumed) {
    List<Header> headers = consumed.record().headers();
    String id = RequestHeaders.text(headers, RequestHeaders.CORRELATION_ID);
    if (id == null) {
      return null;
    }
    String topic = RequestHeaders.text(headers, RequestHeaders.REPLY_TOPIC);
    return new Request(
        id, topic == null ? RequestHeaders.defaultReplyTopic(consumed.topic()) : topic, consumed);
  }

  public byte @Nullable [] key() {
    return consumed.record().key();
  }

  public byte @Nullable [] value() {
    return consumed.record().value();
  }

  public List<Header> headers() {
    return consumed.record().headers();
  }
}
