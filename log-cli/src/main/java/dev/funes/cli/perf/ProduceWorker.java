package dev.funes.cli.perf;

import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A producer that sends at its pace; latency ends with the acknowledgement. */
final class ProduceWorker implements Worker {
  static final Duration CLOSE_MAX = Duration.ofMillis(500);

  private final Producer producer;
  private final String topic;
  private final Payload payload;
  private final Keys keys;
  private final Function<Phase, Pacer> pacers;

  ProduceWorker(
      Producer producer, String topic, Payload payload, Keys keys, Function<Phase, Pacer> pacers) {
    this.producer = producer;
    this.topic = topic;
    this.payload = payload;
    this.keys = keys;
    this.pacers = pacers;
  }

  @Override
  public void run(Phase phase) {
    Recorder recorder = phase.recording().recorder();
    Pacer pacer = pacers.apply(phase);
    while (pacer.next()) {
      byte[] key = keys.next();
      byte[] value = payload.next();
      // Counted in there; nobody waits for the one record.
      var _ =
          producer
              .send(ProducerRecord.of(topic, key, value))
              .whenComplete(recorder.acknowledgement(pacer.dueNanos(), length(key) + value.length));
    }
    producer.flush();
    phase.recording().notSent(pacer.missed());
  }

  static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  @Override
  public void close() {
    producer.close(CLOSE_MAX);
  }
}
