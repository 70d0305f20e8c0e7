package dev.funes.cli.perf;

import dev.funes.cli.consume.Starting;
import dev.funes.cli.format.Place;
import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that reads some partitions to where they ended when it began. Each phase has a new
 * one, which has nothing ready when the clock starts; a warm-up reads over and over.
 */
final class ConsumeWorker implements Worker {
  private static final Duration POLL = Duration.ofMillis(500);

  private final ClientConfig config;
  private final List<TopicPartition> partitions;
  private final Place from;
  private @Nullable Consumer consumer;

  ConsumeWorker(ClientConfig config, List<TopicPartition> partitions, Place from) {
    this.config = config;
    this.partitions = partitions;
    this.from = from;
  }

  @Override
  public void ready() {
    var _ = opened();
  }

  private Consumer opened() {
    close();
    Consumer opened = Consumer.open(config, null);
    consumer = opened;
    new Starting(opened, false, from).assign(partitions);
    var _ = opened.stopAtEnd();
    return opened;
  }

  @Override
  public void run(Phase phase) {
    Recorder recorder = phase.recording().recorder();
    Consumer reading = consumer;
    if (reading == null) {
      throw new IllegalStateException("expected to be made ready, was not");
    }
    boolean isEmpty = reading.atEnd();
    read(reading, phase, recorder);
    while (phase.isWarmUp() && !isEmpty && goesOn(phase)) {
      read(opened(), phase, recorder);
    }
  }

  private static void read(Consumer reading, Phase phase, Recorder recorder) {
    while (!reading.atEnd() && goesOn(phase)) {
      List<ConsumedRecord> polled = reading.poll(POLL);
      long now = phase.clock().nanoTime();
      int counted = phase.claim(polled.size());
      long bytes = 0;
      for (int i = 0; i < counted; i++) {
        bytes += bytes(polled.get(i));
      }
      if (counted > 0) {
        recorder.arrived(now, counted, bytes);
      }
    }
  }

  private static boolean goesOn(Phase phase) {
    return !phase.isStopped() && !phase.isComplete() && !phase.isOver(phase.clock().nanoTime());
  }

  /** Of key and value. */
  static int bytes(ConsumedRecord consumed) {
    return ProduceWorker.length(consumed.record().key())
        + ProduceWorker.length(consumed.record().value());
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close();
      consumer = null;
    }
  }
}
