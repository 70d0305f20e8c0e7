package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeBytesTest {
  private final NodeBytes bytes = new NodeBytes(100);
  private final List<String> went = new ArrayList<>();

  @Test
  void letsThroughWhileThereIsRoom() {
    bytes.add(99);

    whenRoom("a", 10);

    assertThat(went).containsExactly("a");
  }

  @Test
  void lettingGoOfABatchLetsInAsMuchAndNotEverybody() {
    bytes.add(120);
    for (String stream : List.of("a", "b", "c", "d")) {
      whenRoom(stream, 10);
    }
    bytes.remove(20);
    assertThat(went).isEmpty();

    bytes.remove(20);

    assertThat(went).containsExactly("a", "b");
    assertThat(bytes.waitingCount()).isEqualTo(2);
  }

  @Test
  void nobodyOvertakesThoseThatWait() {
    bytes.add(100);
    whenRoom("first", 10);
    whenRoom("second", 10);
    bytes.remove(10);

    whenRoom("third", 10);

    assertThat(went).containsExactly("first");
    bytes.remove(20);
    assertThat(went).containsExactly("first", "second", "third");
  }

  @Test
  void onesThatAreLargerThanTheRoomGoAllTheSame() {
    bytes.add(100);
    whenRoom("large", 5_000);

    bytes.remove(1);

    assertThat(went).containsExactly("large");
  }

  @Test
  void streamsThatHaveNothingToSendDoNotHoldUpTheOthers() {
    bytes.add(100);
    for (int i = 0; i < 50; i++) {
      whenRoom("silent", 10);
    }
    whenRoom("last", 10);
    bytes.remove(100);
    assertThat(went).hasSize(10);

    for (int i = 0; i < 5; i++) {
      bytes.tick();
    }

    assertThat(went).hasSize(51).endsWith("last");
  }

  private void whenRoom(String stream, long likelyBytes) {
    bytes.whenRoom(likelyBytes, () -> went.add(stream));
  }
}
