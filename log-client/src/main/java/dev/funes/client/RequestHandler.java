package dev.funes.client;

import org.jspecify.annotations.Nullable;

/** Answers requests for a {@link Replier}, on the thread that runs it. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * The value of the reply. A request may come again after a crash or a change of the consumer
   * group: answering twice must do no harm.
   *
   * @throws Exception becomes a reply with the status {@code error} and the exception's message
   */
  byte @Nullable [] reply(Request request) throws Exception;
}
