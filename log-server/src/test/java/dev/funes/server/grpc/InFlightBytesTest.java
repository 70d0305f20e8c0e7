package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightBytesTest {
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void letsThroughWhileThereIsRoom() {
    InFlightBytes bytes = new InFlightBytes(100);
    bytes.add(99);

    bytes.whenRoom(asked::incrementAndGet);

    assertThat(asked).hasValue(1);
  }

  @Test
  void holdsBackAtTheLimitUntilThereIsRoomAgain() {
    InFlightBytes bytes = new InFlightBytes(100);
    bytes.add(150);
    bytes.whenRoom(asked::incrementAndGet);
    bytes.whenRoom(asked::incrementAndGet);
    assertThat(asked).hasValue(0);

    bytes.remove(50);
    assertThat(asked).hasValue(0);

    bytes.remove(1);
    assertThat(asked).hasValue(2);
    assertThat(bytes.bytes()).isEqualTo(99);
  }

  @Test
  void asksNobodyTwice() {
    InFlightBytes bytes = new InFlightBytes(10);
    bytes.add(20);
    bytes.whenRoom(asked::incrementAndGet);

    bytes.remove(15);
    bytes.remove(5);

    assertThat(asked).hasValue(1);
  }
}
