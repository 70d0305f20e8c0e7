import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends as fast as the cluster takes it, or at a rate. */
final class Produce {
  /** How long after the end records are still sent that were due before it. */
  private static final long LATE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final Options options;
  private final Payload.Source payloads;
  private final String topic;
  private final Tally tally = new Tally();
  private final Meter meter;
  private final CyclicBarrier warm;

  private Produce(Options options, String topic) {
    this.options = options;
    this.topic = topic;
    this.payloads = Payload.source(options);
    this.meter = new Meter(options.pids());
    this.warm = new CyclicBarrier(clients(), this::startMeasuring);
  }

  static Map<String, Object> run(Options options) throws Exception {
    try (Topics.Lease topic = Topics.lease(options)) {
      return new Produce(options, topic.name()).measure();
    }
  }

  private Map<String, Object> measure() throws Exception {
    Threads.runAll(
        IntStream.range(0, clients()).mapToObj(n -> (Threads.Task) () -> client(n)).toList());
    meter.stop();
    Map<String, Object> result =
        tally.throughput("produce", topic, tally.secondsSince(meter.startNanos()));
    result.put("latency_ms", tally.latency());
    result.put("longest_gap_ms", tally.longestGapMillis());
    result.put("cpu", meter.cpu(tally.bytes()));
    return Facts.addTo(result, options, meter);
  }

  private void client(int number) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = options.producer()) {
      Payload payload = payloads.of(number, clients());
      producer.partitionsFor(topic);
      send(producer, payload, Long.MAX_VALUE, options.nanos("warm-up", 10), false);
      producer.flush();
      warm.await();
      if (options.has("records")) {
        send(producer, payload, options.number("records", 0) / clients(), Long.MAX_VALUE / 2, true);
      } else {
        send(producer, payload, Long.MAX_VALUE, options.nanos("duration", 30), true);
      }
      producer.flush();
    }
  }

  private void startMeasuring() {
    meter.start();
    tally.start(meter.startNanos());
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer,
      Payload payload,
      long records,
      long nanos,
      boolean counted) {
    long startNanos = System.nanoTime();
    Pace pace = new Pace((double) options.number("rate", 0) / clients(), startNanos);
    for (long i = 0; i < records; i++) {
      long dueNanos = pace.nextDueNanos();
      if (dueNanos - startNanos >= nanos) {
        return;
      }
      Pace.await(dueNanos);
      if (System.nanoTime() - startNanos - nanos > LATE_NANOS_MAX) {
        tally.missed(counted ? pace.dueBefore(nanos) - i : 0);
        return;
      }
      byte[] value = payload.next();
      int size = value.length;
      producer.send(
          new ProducerRecord<>(topic, value),
          (metadata, failure) -> acknowledged(size, dueNanos, counted, failure));
    }
  }

  private void acknowledged(int size, long dueNanos, boolean counted, Exception failure) {
    if (!counted) {
      return;
    }
    if (failure == null) {
      tally.add(size, dueNanos, System.nanoTime());
    } else {
      tally.fail(1);
    }
  }

  private int clients() {
    return (int) options.number("clients", 1);
  }
}
