package dev.funes.client;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The page about requests shows code that compiles. */
class RequestReplyExamplesTest {
  @Test
  void showsOnlyCodeThatIsCompiled() throws IOException {
    DocumentedCode.assertCompiled("request-reply.md", RequestReplyExamples.class);
  }
}
