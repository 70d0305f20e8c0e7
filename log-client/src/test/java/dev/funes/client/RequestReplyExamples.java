package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The examples of docs/request-reply.md, compiled. */
final class RequestReplyExamples {
  private RequestReplyExamples() {}

  static void request(ClientConfig config) {
    try (Requester requester = Requester.open(config)) {
      Reply reply =
          requester.request("shout", null, "hello".getBytes(UTF_8), Duration.ofSeconds(30)).join();
      System.out.println(reply.isError() ? reply.errorMessage() : text(reply.value()));
    }
  }

  static void reply(ClientConfig config) {
    RequestHandler shout =
        request -> text(request.value()).toUpperCase(Locale.ROOT).getBytes(UTF_8);
    try (Replier replier = Replier.open(config, "shout", shout)) {
      Runtime.getRuntime().addShutdownHook(new Thread(replier::stop)); // run returns
      replier.run();
    }
  }

  static byte @Nullable [] later(Requester requester, byte[] question) {
    try {
      return requester.request("shout", null, question, Duration.ofSeconds(2)).join().value();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RequestTimeoutException timeout) {
        remember(timeout.correlationId()); // and later: requester.find("shout", id)
      }
      throw e;
    }
  }

  private static void remember(String correlationId) {
    System.out.println(correlationId);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }
}
