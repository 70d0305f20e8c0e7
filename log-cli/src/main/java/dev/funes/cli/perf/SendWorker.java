package dev.funes.cli.perf;

import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import java.util.List;
import java.util.function.Function;

/** A producer whose records say since when they wait; the receivers record the latency. */
final class SendWorker implements Worker {
  private final Producer producer;
  private final String topic;
  private final Payload payload;
  private final Keys keys;
  private final Function<Phase, Pacer> pacers;
  private final Function<Phase, Exchange> exchanges;
  private final boolean oneAtATime;

  SendWorker(
      Producer producer,
      String topic,
      Payload payload,
      Keys keys,
      Function<Phase, Pacer> pacers,
      Function<Phase, Exchange> exchanges,
      boolean oneAtATime) {
    this.producer = producer;
    this.topic = topic;
    this.payload = payload;
    this.keys = keys;
    this.pacers = pacers;
    this.exchanges = exchanges;
    this.oneAtATime = oneAtATime;
  }

  @Override
  public void run(Phase phase) {
    Exchange exchange = exchanges.apply(phase);
    try {
      send(phase, exchange);
      producer.flush();
    } finally {
      exchange.senderDone(phase.clock().nanoTime());
    }
  }

  private void send(Phase phase, Exchange exchange) {
    Recorder recorder = phase.recording().recorder();
    Pacer pacer = pacers.apply(phase);
    while (pacer.next()) {
      byte[] key = keys.next();
      byte[] value = payload.next();
      var _ =
          producer
              .send(
                  new ProducerRecord(
                      topic,
                      null,
                      key,
                      value,
                      List.of(Stamp.of(phase, pacer.dueNanos())),
                      ProducerRecord.NOW))
              .whenComplete(
                  (position, failure) -> {
                    if (failure != null) {
                      recorder.failed(failure, 1);
                    }
                    exchange.sent(failure);
                  });
      if (oneAtATime) {
        exchange.awaitTurn(phase);
      }
    }
    phase.recording().notSent(pacer.missed());
  }

  @Override
  public void close() {
    producer.close(ProduceWorker.CLOSE_MAX);
  }
}
