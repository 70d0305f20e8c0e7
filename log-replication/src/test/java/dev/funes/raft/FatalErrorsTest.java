package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FatalErrorsTest {
  private final InternalError fault =
      new InternalError("a fault occurred in an unsafe memory access operation");

  private final List<String> fatal = Collections.synchronizedList(new ArrayList<>());

  @Test
  void aThreadThatEndsByAFaultInMemoryEndsTheNode() throws Exception {
    run(
        () -> {
          throw fault;
        });

    assertThat(fatal).singleElement().asString().contains("victim").contains("unsafe memory");
  }

  @Test
  void aFaultThatWasCaughtEndsTheNodeToo() throws Exception {
    run(() -> FatalErrors.raise(new CompletionException(fault)));

    assertThat(fatal).hasSize(1);
  }

  @Test
  void whatOneRequestDidWrongDoesNot() throws Exception {
    run(
        () -> {
          FatalErrors.raise(new CompletionException(new StackOverflowError()));
          FatalErrors.raise(null);
          throw new IllegalStateException("expected by the test");
        });

    assertThat(fatal).isEmpty();
  }

  private void run(Runnable work) throws InterruptedException {
    Thread.ofPlatform()
        .name("victim")
        .uncaughtExceptionHandler(new FatalErrors((message, _) -> fatal.add(message)))
        .start(work)
        .join();
  }
}
