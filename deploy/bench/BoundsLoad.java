import com.google.protobuf.ByteString;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Loads that a well-behaved client does not make, straight at the API of the nodes: for
 * deploy/bench/bounds.
 *
 * <pre>
 *   flood  SERVERS TOPIC PARTITIONS PRODUCERS BATCH_BYTES MIB_PER_S(0: as much as is taken) SECONDS
 *   unread SERVERS TOPIC PARTITIONS CONNECTIONS STREAMS    until standard input ends
 *   idle   SERVERS CONNECTIONS                             until standard input ends
 * </pre>
 *
 * <p>flood keeps sending whatever was answered, as long as HTTP/2 takes it; a refusal with a retry
 * delay makes its stream pause for that long. Each prints one JSON object at its end.
 */
public final class BoundsLoad {
  private static final int MESSAGE_BYTES_MAX = 72 << 20;
  private static final int STREAM_WINDOW_BYTES = 1 << 20;

  private final MultiThreadIoEventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> servers;

  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder refusedWithoutDelay = new LongAdder();
  private final LongAdder streamsLost = new LongAdder();
  private final Map<String, LongAdder> byCode = new ConcurrentHashMap<>();
  private final Map<Integer, String> leaders = new ConcurrentHashMap<>();
  private volatile boolean counting;
  private volatile boolean stopped;

  private BoundsLoad(String servers) {
    this.servers = List.of(servers.split(","));
  }

  public static void main(String[] args) throws Exception {
    BoundsLoad load = new BoundsLoad(args[1]);
    switch (args[0]) {
      case "flood" ->
          load.flood(
              args[2],
              Integer.parseInt(args[3]),
              Integer.parseInt(args[4]),
              Integer.parseInt(args[5]),
              Double.parseDouble(args[6]),
              Integer.parseInt(args[7]));
      case "unread" ->
          load.unread(
              args[2],
              Integer.parseInt(args[3]),
              Integer.parseInt(args[4]),
              Integer.parseInt(args[5]));
      case "idle" -> load.idle(Integer.parseInt(args[2]));
      default -> throw new IllegalArgumentException("flood, unread or idle, was " + args[0]);
    }
    System.out.flush();
    Runtime.getRuntime().halt(0); // the nodes see connections that vanish, as in life
  }

  private ManagedChannel connect(String server) {
    return NettyChannelBuilder.forTarget(server)
        .channelType(NioSocketChannel.class)
        .eventLoopGroup(eventLoops)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .flowControlWindow(STREAM_WINDOW_BYTES)
        .build();
  }

  private String server(int i) {
    return servers.get(i % servers.size());
  }

  // ---- a producer that sends faster than the cluster takes

  private void flood(
      String topic, int partitions, int producers, int batchBytes, double mibPerS, int seconds)
      throws InterruptedException {
    byte[] value = new byte[1024];
    List<ProduceRequest> requests = new ArrayList<>();
    Random random = new Random(7);
    for (int partition = 0; partition < partitions; partition++) {
      RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, batchBytes);
      random.nextBytes(value);
      while (builder.append(System.currentTimeMillis(), null, value, List.of())) {
        random.nextBytes(value);
      }
      requests.add(
          ProduceRequest.newBuilder()
              .setTopic(topic)
              .setPartition(partition)
              .setBatch(ByteString.copyFrom(builder.build()))
              .build());
    }
    List<Flooder> all = new ArrayList<>();
    for (int i = 0; i < producers; i++) {
      all.add(new Flooder(i, requests, mibPerS * (1 << 20) / producers));
    }
    timer.scheduleAtFixedRate(() -> all.forEach(Flooder::pump), 0, 5, TimeUnit.MILLISECONDS);
    Thread.sleep(TimeUnit.SECONDS.toMillis(Math.min(5, seconds / 3)));
    counting = true;
    long begun = System.nanoTime();
    Thread.sleep(TimeUnit.SECONDS.toMillis(seconds - Math.min(5, seconds / 3)));
    counting = false;
    double elapsed = (System.nanoTime() - begun) / 1e9;
    stopped = true;
    StringBuilder codes = new StringBuilder();
    byCode.forEach(
        (code, count) ->
            codes
                .append(codes.isEmpty() ? "" : ",")
                .append('"')
                .append(code)
                .append("\":")
                .append(count));
    System.out.printf(
        "{\"mib_per_s\":%.1f,\"offered_mib_per_s\":%.1f,\"refused\":%d,"
            + "\"refused_without_delay\":%d,\"streams_lost\":%d,\"errors\":{%s}}%n",
        acknowledged.sum() / elapsed / (1 << 20),
        mibPerS,
        refused.sum(),
        refusedWithoutDelay.sum(),
        streamsLost.sum(),
        codes);
  }

  /** One producer: a connection and a stream to each node that leads something. */
  private final class Flooder {
    private final int number;
    private final List<ProduceRequest> requests;
    private final double bytesPerS;
    private final long begun = System.nanoTime();
    private final Map<String, Stream> streams = new HashMap<>();
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private double sentBytes;
    private int next;

    Flooder(int number, List<ProduceRequest> requests, double bytesPerS) {
      this.number = number;
      this.requests = requests;
      this.bytesPerS = bytesPerS;
      this.next = number;
    }

    synchronized void pump() {
      if (stopped) {
        return;
      }
      int blocked = 0;
      while (blocked < requests.size()) {
        double due = bytesPerS * (System.nanoTime() - begun) / 1e9;
        if (bytesPerS > 0 && sentBytes >= due) {
          return;
        }
        int partition = next++ % requests.size();
        Stream stream = stream(leaders.getOrDefault(partition, server(number)));
        if (stream.isBlocked()) {
          blocked++;
          continue;
        }
        blocked = 0;
        ProduceRequest request = requests.get(partition);
        stream.send(request, partition);
        sentBytes += request.getBatch().size();
      }
      // What was due more than a second ago is not made up for: the offer is a rate, not a backlog.
      double due = bytesPerS * (System.nanoTime() - begun) / 1e9;
      sentBytes = Math.max(sentBytes, due - bytesPerS);
    }

    private Stream stream(String server) {
      Stream stream = streams.get(server);
      if (stream == null || stream.lost) {
        stream = new Stream(this);
        streams.put(server, stream);
        ManagedChannel channel = channels.computeIfAbsent(server, BoundsLoad.this::connect);
        LogServiceGrpc.newStub(channel).produce(stream);
      }
      return stream;
    }
  }

  private final class Stream implements ClientResponseObserver<ProduceRequest, ProduceResponse> {
    private final Flooder owner;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, int[]> underWay = new ConcurrentHashMap<>();
    private volatile ClientCallStreamObserver<ProduceRequest> call;
    private volatile boolean lost;
    private volatile long pausedUntilNanos = System.nanoTime();

    Stream(Flooder owner) {
      this.owner = owner;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ProduceRequest> started) {
      call = started;
      started.setOnReadyHandler(() -> timer.execute(owner::pump));
    }

    boolean isBlocked() {
      ClientCallStreamObserver<ProduceRequest> open = call;
      return open == null || !open.isReady() || System.nanoTime() - pausedUntilNanos < 0;
    }

    void send(ProduceRequest request, int partition) {
      long id = lastId.incrementAndGet();
      underWay.put(id, new int[] {partition, request.getBatch().size()});
      call.onNext(request.toBuilder().setCorrelationId(id).build());
    }

    @Override
    public void onNext(ProduceResponse response) {
      int[] asked = underWay.remove(response.getCorrelationId());
      if (response.hasLeader()) {
        NodeAddress leader = response.getLeader();
        leaders.put(asked[0], leader.getHost() + ":" + leader.getPort());
      }
      if (response.hasAppended()) {
        if (counting) {
          acknowledged.add(asked[1]);
        }
      } else {
        refusedBy(response.getError());
      }
    }

    private void refusedBy(Error error) {
      byCode.computeIfAbsent(error.getCode().name(), _ -> new LongAdder()).increment();
      switch (error.getCode()) {
        case NOT_LEADER, UNKNOWN_OUTCOME -> {} // not refused for load: ask elsewhere, or again
        default -> {
          refused.increment();
          if (error.getRetryAfterMillis() <= 0) {
            refusedWithoutDelay.increment();
          }
        }
      }
      pausedUntilNanos =
          System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(error.getRetryAfterMillis());
    }

    @Override
    public void onError(Throwable failure) {
      streamsLost.increment();
      byCode
          .computeIfAbsent("stream: " + failure.getMessage().replace('"', '\''), _ -> new LongAdder())
          .increment();
      pausedUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
      timer.schedule(() -> lost = true, 500, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onCompleted() {
      lost = true;
    }
  }

  // ---- consumers that take one message and never another

  private void unread(String topic, int partitions, int connections, int streams)
      throws IOException {
    FetchRequest.Builder all = FetchRequest.newBuilder().setFollow(true);
    for (int partition = 0; partition < partitions; partition++) {
      all.addPartitions(FetchPartition.newBuilder().setTopic(topic).setPartition(partition));
    }
    FetchRequest request = all.build();
    AtomicInteger begun = new AtomicInteger();
    LongAdder ended = new LongAdder();
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      ManagedChannel channel = connect(server(i));
      channels.add(channel);
      for (int j = 0; j < streams; j++) {
        LogServiceGrpc.newStub(channel)
            .fetch(
                request,
                new ClientResponseObserver<FetchRequest, FetchResponse>() {
                  @Override
                  public void beforeStart(ClientCallStreamObserver<FetchRequest> call) {
                    call.disableAutoRequestWithInitial(1);
                  }

                  @Override
                  public void onNext(FetchResponse response) {
                    begun.incrementAndGet();
                  }

                  @Override
                  public void onError(Throwable failure) {
                    byCode
                        .computeIfAbsent(String.valueOf(failure.getMessage()), _ -> new LongAdder())
                        .increment();
                    ended.increment();
                  }

                  @Override
                  public void onCompleted() {
                    ended.increment();
                  }
                });
      }
    }
    awaitEndOfInput();
    System.out.printf(
        "{\"connections\":%d,\"streams_begun\":%d,\"streams_ended\":%d}%n",
        channels.size(), begun.get(), ended.sum());
  }

  // ---- connections that were used once

  private void idle(int connections) throws IOException {
    List<ManagedChannel> channels = new ArrayList<>();
    int served = 0;
    for (int i = 0; i < connections; i++) {
      ManagedChannel channel = connect(server(i));
      channels.add(channel);
      try {
        var _ =
            HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());
        served++;
      } catch (io.grpc.StatusRuntimeException e) {
        System.err.println(e.getMessage());
      }
    }
    awaitEndOfInput();
    System.out.printf("{\"connections\":%d,\"served\":%d}%n", channels.size(), served);
  }

  private static void awaitEndOfInput() throws IOException {
    System.out.println("ready");
    System.out.flush();
    while (System.in.read() >= 0) {
      // whoever started this says when it is over
    }
  }
}
