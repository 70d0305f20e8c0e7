package dev.funes.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class CloseDeadlineTest {
  private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

  @Test
  void tellsWhatWasNotClosedInTime() throws InterruptedException {
    CloseDeadline deadline = CloseDeadline.begin(0, (message, _) -> told.add(message));

    assertThat(told.poll(30, SECONDS)).isEqualTo("it did not close within 0 s");
    deadline.close();
  }

  @Test
  void tellsNothingOfWhatWas() throws InterruptedException {
    CloseDeadline.begin(1, (message, _) -> told.add(message)).close();

    assertThat(told.poll(2, SECONDS)).isNull();
  }
}
