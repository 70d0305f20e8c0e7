package dev.funes.chaos.proxy;

import com.google.protobuf.Message;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network between producers and nodes, no lie: of so many acknowledgements one is lost, one
 * request comes twice, and of one either the acknowledgement or the request itself is late, some by
 * more than a minute. What is sent once must be in the log once all the same.
 */
public final class UnsureAcks extends Lies {
  private static final long DELAY_MILLIS_MIN = 50;
  private static final long DELAY_MILLIS_MAX = 3_000;
  private static final long LONG_DELAY_MILLIS_MIN = 61_000;
  private static final long LONG_DELAY_MILLIS_MAX = 90_000;
  private static final int LONG_OF = 5; // delays, one is long
  private static final long AGAIN_MILLIS_MAX = 2_000;

  private final SplittableRandom random;
  private final int of;
  private final boolean deduplication;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong doubled = new AtomicLong();
  private final AtomicLong delayed = new AtomicLong();
  private final AtomicLong delayedLong = new AtomicLong();

  /**
   * @param of one of so many goes wrong in each way; 100: 1 %
   * @param deduplication false takes producer ids and sequences from all batches, as a build
   *     without de-duplication would: to see that then a run is red
   */
  public UnsureAcks(long seed, int of, boolean deduplication) {
    this.random = new SplittableRandom(seed);
    this.of = of;
    this.deduplication = deduplication;
  }

  private long random(long from, long to) {
    synchronized (random) {
      return random.nextLong(from, to);
    }
  }

  private boolean oneIn(int many) {
    return random(0, many) == 0;
  }

  private long delay() {
    delayed.incrementAndGet();
    if (oneIn(LONG_OF)) {
      delayedLong.incrementAndGet();
      return random(LONG_DELAY_MILLIS_MIN, LONG_DELAY_MILLIS_MAX);
    }
    return random(DELAY_MILLIS_MIN, DELAY_MILLIS_MAX);
  }

  @Override
  public void request(Wire wire, Message request) {
    if (!(request instanceof ProduceRequest produce) || !produce.hasBatch()) {
      wire.toNode(request);
      return;
    }
    ProduceRequest sent = deduplication ? produce : PlainRecords.of(produce);
    if (oneIn(2 * of)) {
      wire.later(delay(), () -> wire.toNodeApart(sent));
      return; // the client hears nothing, and sends it again
    }
    wire.toNode(sent);
    if (oneIn(of)) {
      doubled.incrementAndGet();
      wire.later(random(0, AGAIN_MILLIS_MAX), () -> wire.toNodeApart(sent));
    }
  }

  @Override
  public void response(Wire wire, Message response) {
    if (!(response instanceof ProduceResponse)) {
      wire.toClient(response);
    } else if (oneIn(of)) {
      lost.incrementAndGet();
    } else if (oneIn(2 * of)) {
      wire.later(delay(), () -> wire.toClient(response));
    } else {
      wire.toClient(response);
    }
  }

  @Override
  public long count() {
    return lost.get() + doubled.get() + delayed.get();
  }

  /** For people: how much of what was done. */
  public String text() {
    return "%d acknowledgements lost, %d requests doubled, %d delayed, %d of them beyond a minute"
        .formatted(lost.get(), doubled.get(), delayed.get(), delayedLong.get());
  }
}
