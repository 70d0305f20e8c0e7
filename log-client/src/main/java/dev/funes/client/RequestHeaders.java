package dev.funes.client;

import dev.funes.record.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers that make a record a request or a reply (docs/request-reply.md). Their values are
 * UTF-8.
 */
public final class RequestHeaders {
  /** Of both: says which reply belongs to which request. */
  public static final String CORRELATION_ID = "funes-correlation-id";

  /** Of a request: where the reply is to go. Without it: {@link #defaultReplyTopic}. */
  public static final String REPLY_TOPIC = "funes-reply-topic";

  /** Of both: who asked. */
  public static final String REPLY_TO = "funes-reply-to";

  /** Of a reply: {@link #OK} or {@link #ERROR}. */
  public static final String REPLY_STATUS = "funes-reply-status";

  public static final String OK = "ok";

  /** The request could not be answered; the value of the reply says why, for people. */
  public static final String ERROR = "error";

  private static final String REPLY_TOPIC_SUFFIX = ".replies";

  private RequestHeaders() {}

  /** Where replies to the requests of a topic go. */
  public static String defaultReplyTopic(String topic) {
    return topic + REPLY_TOPIC_SUFFIX;
  }

  /** The value of the first header of this name as text; null when there is none or it is empty. */
  public static @Nullable String text(List<Header> headers, String name) {
    for (Header header : headers) {
      byte[] value = header.value();
      if (header.name().equals(name) && value != null && value.length > 0) {
        return new String(value, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  static Header of(String name, String value) {
    return new Header(name, value.getBytes(StandardCharsets.UTF_8));
  }

  static boolean isOurs(Header header) {
    return switch (header.name()) {
      case CORRELATION_ID, REPLY_TOPIC, REPLY_TO, REPLY_STATUS -> true;
      default -> false;
    };
  }
}
