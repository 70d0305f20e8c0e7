package dev.funes.cli.perf;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** A consumer at the end of some partitions; latency ends when it has a record. */
final class ReceiveWorker implements Worker {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer consumer;
  private final Function<Phase, Exchange> exchanges;
  private final boolean tellsMissing;

  /**
   * Starts with what comes after this.
   *
   * @param tellsMissing true for one of the workers of a run, which counts what nobody received
   */
  ReceiveWorker(
      Consumer consumer,
      Collection<TopicPartition> partitions,
      Function<Phase, Exchange> exchanges,
      boolean tellsMissing) {
    this.consumer = consumer;
    this.exchanges = exchanges;
    this.tellsMissing = tellsMissing;
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
  }

  @Override
  public void run(Phase phase) {
    Exchange exchange = exchanges.apply(phase);
    Recorder recorder = phase.recording().recorder();
    while (!exchange.isOver(phase.clock().nanoTime())) {
      List<ConsumedRecord> polled = consumer.poll(POLL);
      long now = phase.clock().nanoTime();
      int received = 0;
      for (ConsumedRecord consumed : polled) {
        long since = Stamp.sinceNanos(phase, consumed.record());
        if (since != Stamp.NONE) {
          recorder.arrived(since, now, ConsumeWorker.bytes(consumed));
          received++;
        }
      }
      exchange.received(received, now);
    }
    long missing = exchange.missing();
    if (tellsMissing && missing > 0) {
      recorder.failed(
          new CommandFailure(ExitCode.FAILED, "acknowledged, and not received in time"), missing);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
