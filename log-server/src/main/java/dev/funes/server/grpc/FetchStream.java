package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.filter.Filter;
import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.replication.Replica;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends what a Fetch stream asked for, round and round its partitions, as long as the client takes
 * it; then sleeps until a log grows, the client takes again, or another node sends something.
 *
 * <p>Whoever has news calls {@link #wake()}, from any thread; the pump itself runs on the executor,
 * never twice at once.
 */
final class FetchStream implements Consumer<PartitionId> {
  /**
   * What the client wants to get.
   *
   * @param filter of plain records; null: all
   */
  record Form(int responseBytesMax, FetchFormat format, @Nullable Filter filter) {
    Form(int responseBytesMax, FetchFormat format, @Nullable Filter filter) {
      this.responseBytesMax = responseBytesMax;
      this.format = format;
      this.filter = filter;
    }
  }

  private record Beginning(
      List<FetchResponse> known, List<FetchPart> local, List<FetchProxy> remote) {}

  /** After that many rounds the pump lets other streams have the thread. */
  private static final int ROUNDS_MAX = 8;

  /** After that long a round of many partitions ends, and the next one begins with the others. */
  private static final long ROUND_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

  /** The client is given more when no more than this is left: enough until the pump has run. */
  private static final int UNSENT_BYTES_MAX = 256 << 10;

  private final Replica replica;
  private final ServerCallStreamObserver<FetchResponse> responses;
  private final FetchContext context;
  private final Form form;
  private final Executor executor;
  private final int roundsMax;
  private final AtomicInteger news = new AtomicInteger();
  private final Runnable wake = this::wake;
  private final AtomicReference<@Nullable Beginning> beginning = new AtomicReference<>();

  private volatile boolean cancelled;

  // From here on, the pump's alone.
  private final Queue<FetchResponse> ready = new ArrayDeque<>();
  private final List<FetchPart> parts = new ArrayList<>();
  private final List<FetchProxy> proxies = new ArrayList<>();
  private boolean started;
  private boolean ended;

  /** What the client was last given and has not taken; 0 when it has. */
  private long stalledBytes;

  FetchStream(
      Replica replica,
      ServerCallStreamObserver<FetchResponse> responses,
      FetchContext context,
      Form form) {
    this.replica = replica;
    this.responses = responses;
    this.context = context;
    this.form = form;
    this.executor = form.filter == null ? context.executor() : context.filterExecutor();
    this.roundsMax = form.filter == null ? ROUNDS_MAX : 1;
  }

  /** Hears of the client from here on; to be called on the thread of the call. */
  void attach() {
    responses.setOnReadyThreshold(Math.min(form.responseBytesMax, UNSENT_BYTES_MAX));
    responses.setOnReadyHandler(wake);
    responses.setOnCancelHandler(
        () -> {
          cancelled = true;
          wake();
        });
    replica.addPartitionListener(this);
  }

  /** What the partitions wake the stream with. */
  Runnable waker() {
    return wake;
  }

  /** Begins to send: what is known already first, then the parts. */
  void start(List<FetchResponse> known, List<FetchPart> local, List<FetchProxy> remote) {
    beginning.set(new Beginning(known, local, remote));
    wake();
  }

  /** A partition came or went. */
  @Override
  public void accept(PartitionId partition) {
    wake();
  }

  void wake() {
    if (news.getAndIncrement() == 0) {
      reschedule();
    }
  }

  private void reschedule() {
    try {
      executor.execute(this::pump);
    } catch (RejectedExecutionException e) {
      cancelled = true; // the server closes; so do its streams
    }
  }

  private void pump() {
    int seen = news.get();
    int rounds = 0;
    while (seen != 0) {
      begin();
      if (cancelled) {
        close();
      }
      while (started && !ended && !cancelled && responses.isReady() && sendRound()) {
        if (++rounds == roundsMax) {
          reschedule(); // with the news still counted, so nobody else starts a pump
          return;
        }
      }
      seen = news.addAndGet(-seen);
    }
  }

  private void begin() {
    Beginning begun = beginning.getAndSet(null);
    if (begun != null) {
      ready.addAll(begun.known);
      parts.addAll(begun.local);
      proxies.addAll(begun.remote);
      started = true;
    }
  }

  /** One piece of every partition that has one. False when none had. */
  private boolean sendRound() {
    release();
    boolean sent = sendReady();
    sent |= sendParts();
    for (Iterator<FetchProxy> each = proxies.iterator(); each.hasNext() && takes(); ) {
      FetchProxy proxy = each.next();
      sent |= send(proxy.next());
      if (proxy.isDone()) {
        each.remove();
      }
    }
    if (parts.isEmpty() && proxies.isEmpty() && ready.isEmpty() && !cancelled) {
      close();
      responses.onCompleted();
    }
    return sent && !ended;
  }

  private boolean sendParts() {
    boolean sent = false;
    int stayed = 0;
    long started = System.nanoTime();
    for (Iterator<FetchPart> each = parts.iterator(); each.hasNext() && takes(); ) {
      FetchPart part = each.next();
      int bytesMax = context.bytes().pieceBytesMax(form.responseBytesMax);
      sent |= send(part.next(bytesMax, form.format, form.filter));
      if (part.isDone()) {
        each.remove();
        FetchProxy successor = part.successor();
        if (successor != null) {
          proxies.add(successor);
        }
      } else {
        stayed++;
      }
      if (form.filter != null && System.nanoTime() - started > ROUND_NANOS_MAX) {
        break;
      }
    }
    if (stayed < parts.size()) {
      Collections.rotate(parts, -stayed);
    }
    return sent;
  }

  private boolean sendReady() {
    boolean sent = false;
    while (takes() && send(ready.poll())) {
      sent = true;
    }
    return sent;
  }

  private boolean takes() {
    return responses.isReady() && !cancelled;
  }

  private boolean send(@Nullable FetchResponse response) {
    if (response == null) {
      return false;
    }
    responses.onNext(response);
    if (!responses.isReady()) {
      release();
      stalledBytes = UNSENT_BYTES_MAX + (long) response.getSerializedSize();
      context.bytes().stalled(stalledBytes);
    }
    return true;
  }

  private void release() {
    context.bytes().released(stalledBytes);
    stalledBytes = 0;
  }

  private void close() {
    ended = true;
    release();
    parts.forEach(FetchPart::close);
    proxies.forEach(FetchProxy::close);
    replica.removePartitionListener(this);
  }
}
