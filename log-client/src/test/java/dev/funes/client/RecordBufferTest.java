package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecordBufferTest {
  private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

  @Test
  void aBatchWaitsWhileOthersAreUnderWay() {
    RecordBuffer buffer = new RecordBuffer(ClientConfig.builder().build(), () -> 0, () -> {});
    RecordBuffer.Lane lane = laneWithOneRecord(buffer);

    buffer.underWay(true);
    assertThat(buffer.readyInNanos(lane, false, 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(5));
    assertThat(buffer.takeReady(lane, false, 0)).isNull();

    buffer.underWay(false);
    assertThat(buffer.readyInNanos(lane, false, 0)).isZero();
    assertThat(buffer.takeReady(lane, false, 0)).isNotNull();
  }

  @Test
  void aBatchWaitsForTheOneBeforeItOfItsPartition() {
    RecordBuffer buffer = new RecordBuffer(ClientConfig.builder().build(), () -> 0, () -> {});
    RecordBuffer.Lane lane = laneWithOneRecord(buffer);

    buffer.underWay(true);
    assertThat(buffer.readyInNanos(lane, true, 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(buffer.takeReady(lane, true, TimeUnit.MILLISECONDS.toNanos(19))).isNull();
    assertThat(buffer.takeReady(lane, true, TimeUnit.MILLISECONDS.toNanos(20))).isNotNull();
  }

  @Test
  void aLingerThatWasGivenIsKept() {
    ClientConfig config = ClientConfig.builder().linger(Duration.ofMillis(100)).build();
    RecordBuffer buffer = new RecordBuffer(config, () -> 0, () -> {});
    RecordBuffer.Lane lane = laneWithOneRecord(buffer);

    buffer.underWay(false);
    assertThat(buffer.readyInNanos(lane, false, 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(buffer.readyInNanos(lane, true, 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
  }

  private static RecordBuffer.Lane laneWithOneRecord(RecordBuffer buffer) {
    var _ = buffer.append(PARTITION, 1, null, new byte[10], List.of(), 20, 0);
    return buffer.signalledLanes().getFirst();
  }
}
