package dev.funes.client;

import dev.funes.record.Header;
import dev.funes.record.LogRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replier answered, and where the answer is stored.
 *
 * @param record its key is the correlation id
 */
public record Reply(String correlationId, String topic, int partition, LogRecord record) {
  /** Null when the record has no correlation id, and so is no reply. */
  static @Nullable Reply of(ConsumedRecord consumed) {
    String id = RequestHeaders.text(consumed.record().headers(), RequestHeaders.CORRELATION_ID);
    return id == null
        ? null
        : new Reply(id, consumed.topic(), consumed.partition(), consumed.record());
  }

  /** True when the replier could not answer; {@link #errorMessage} says why. */
  public boolean isError() {
    return RequestHeaders.ERROR.equals(
        RequestHeaders.text(record.headers(), RequestHeaders.REPLY_STATUS));
  }

  /** One line for people; empty unless {@link #isError()}. */
  public String errorMessage() {
    byte[] value = record.value();
    return isError() && value != null
        ? new String(value, StandardCharsets.UTF_8).lines().findFirst().orElse("")
        : "";
  }

  public byte @Nullable [] value() {
    return record.value();
  }

  public List<Header> headers() {
    return record.headers();
  }

  public long offset() {
    return record.offset();
  }
}
