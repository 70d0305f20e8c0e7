import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Produces and consumes in one process; from when a record was due until the consumer had it. */
final class EndToEnd {
  private static final long STRAGGLERS_NANOS = TimeUnit.SECONDS.toNanos(10);
  private final Options options;
  private final String topic;
  private final Meter meter;
  private final Tally tally = new Tally();
  private final Semaphore received = new Semaphore(0);
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();
  private volatile long countedFromNanos = Long.MAX_VALUE;
  private volatile boolean done;

  private EndToEnd(Options options, String topic) {
    this.options = options;
    this.topic = topic;
    this.meter = new Meter(options.pids());
  }

  static Map<String, Object> run(Options options) throws Exception {
    try (Topics.Lease topic = Topics.lease(options)) {
      return new EndToEnd(options, topic.name()).measure();
    }
  }

  private Map<String, Object> measure() throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    Threads.runAll(List.of(() -> consume(ready), () -> produce(ready)));
    meter.stop();
    Map<String, Object> result =
        tally.throughput("e2e", topic, tally.secondsSince(meter.startNanos()));
    result.put("latency_ms", tally.latency());
    result.put("longest_gap_ms", tally.longestGapMillis());
    result.put("cpu", meter.cpu(tally.bytes()));
    return Facts.addTo(result, options, meter);
  }

  private void consume(CountDownLatch ready) {
    try (KafkaConsumer<byte[], byte[]> consumer = Consume.assigned(options, topic)) {
      consumer.seekToEnd(consumer.assignment());
      consumer.assignment().forEach(consumer::position);
      ready.countDown();
      while (!done) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          receive(record.value(), System.nanoTime());
        }
      }
    }
  }

  private void receive(byte[] value, long nowNanos) {
    long dueNanos = ByteBuffer.wrap(value).getLong();
    if (dueNanos >= countedFromNanos) {
      tally.add(value.length, dueNanos, nowNanos);
    }
    arrived.incrementAndGet();
    received.release();
  }

  private void produce(CountDownLatch ready) throws Exception {
    ready.await();
    try (KafkaProducer<byte[], byte[]> producer = options.producer()) {
      Payload payload = Payload.source(options).of(0, 1);
      producer.partitionsFor(topic);
      send(producer, payload, options.nanos("warm-up", 10));
      awaitStragglers();
      meter.start();
      tally.start(meter.startNanos());
      countedFromNanos = meter.startNanos();
      send(producer, payload, options.nanos("duration", 30));
      awaitStragglers();
      tally.fail(sent.get() - arrived.get());
    } finally {
      done = true;
    }
  }

  private void send(KafkaProducer<byte[], byte[]> producer, Payload payload, long nanos)
      throws InterruptedException {
    boolean oneAtATime = options.has("one-at-a-time");
    long startNanos = System.nanoTime();
    Pace pace = new Pace(oneAtATime ? 0 : options.number("rate", 1000), startNanos);
    received.drainPermits();
    for (long due = pace.nextDueNanos(); due - startNanos < nanos; due = pace.nextDueNanos()) {
      Pace.await(due);
      byte[] value = payload.next();
      ByteBuffer.wrap(value).putLong(due);
      sent.incrementAndGet();
      producer.send(new ProducerRecord<>(topic, value));
      if (oneAtATime && !received.tryAcquire(STRAGGLERS_NANOS, TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("a record did not arrive in 10 s");
      }
    }
  }

  private void awaitStragglers() throws InterruptedException {
    long untilNanos = System.nanoTime() + STRAGGLERS_NANOS;
    while (arrived.get() < sent.get() && System.nanoTime() < untilNanos) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
