package dev.funes.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The nodes that one client knows, a channel to each, and which of them to ask next.
 *
 * <p>A node that failed is passed over for a while, longer each time. Thread-safe.
 */
final class Connections implements AutoCloseable {
  private static final int CONNECT_MILLIS_MAX = 3_000;
  // Room for a batch of 4 MiB, or a response of a few, and its frame.
  private static final int MESSAGE_BYTES_MAX = 72 << 20;
  private static final int FLOW_CONTROL_BYTES = 4 << 20;
  // Finds a node that has vanished without a word although nothing is being sent.
  private static final int KEEP_ALIVE_SECONDS = 20;
  private static final int KEEP_ALIVE_ANSWER_SECONDS = 10;
  private static final long PAUSE_MILLIS_MIN = 100;
  // A try costs little, and a node that is back should be found at once.
  private static final long PAUSE_MILLIS_MAX = 500;

  // Nodes are replaced one by one, and a new one has to catch up before the next.
  private static final long LEARN_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final class Node {
    int failures;
    // Read against the clock only while failures > 0.
    long pausedUntilNanos;
  }

  private final LongSupplier nanoClock;
  private final Set<ServerAddress> configured;
  // In the order of preference: the configured ones, then those learned from the cluster; last
  // those that could not help the last time.
  private final Map<ServerAddress, Node> nodes = new LinkedHashMap<>();
  private final Map<ServerAddress, ManagedChannel> channels = new HashMap<>();
  private final MultiThreadIoEventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("funes-client", true), NioIoHandler.newFactory());
  private long learnedNanos;
  private boolean metNode;
  private boolean closed;

  Connections(List<ServerAddress> servers, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.configured = Set.copyOf(servers);
    this.learnedNanos = nanoClock.getAsLong();
    List<ServerAddress> shuffled = new ArrayList<>(servers);
    Collections.shuffle(shuffled); // Many clients with one configuration spread over its nodes.
    shuffled.forEach(server -> nodes.put(server, new Node()));
  }

  /** The channel to a node. Its callbacks run on the network thread and must be quick. */
  synchronized ManagedChannel channel(ServerAddress address) {
    if (closed) {
      throw new FunesException(ErrorCode.CLOSED, "the client is closed");
    }
    return channels.computeIfAbsent(address, this::connect);
  }

  /** Runs things on the network thread; they must be quick. Ends with the connections. */
  ScheduledExecutorService timer() {
    return eventLoops.next();
  }

  /**
   * The node to ask next: the one to try soonest, and of those that can be tried now the first that
   * has failed least. So whoever pauses for longer than a failed node does still gets to the next.
   */
  synchronized ServerAddress next() {
    long now = nanoClock.getAsLong();
    ServerAddress best = null;
    long bestWait = Long.MAX_VALUE;
    int fewestFailures = Integer.MAX_VALUE;
    for (Map.Entry<ServerAddress, Node> node : nodes.entrySet()) {
      long wait = waitNanos(node.getValue(), now);
      int failures = node.getValue().failures;
      if (wait < bestWait || (wait == bestWait && failures < fewestFailures)) {
        best = node.getKey();
        bestWait = wait;
        fewestFailures = failures;
      }
    }
    if (best == null) {
      throw new IllegalStateException("expected a configured server, was none");
    }
    return best;
  }

  /** True unless the node has failed of late. */
  synchronized boolean isUsable(ServerAddress address) {
    Node node = nodes.get(address);
    return node == null || waitNanos(node, nanoClock.getAsLong()) == 0;
  }

  /** True twice a minute: whoever hears it asks a node which nodes there are. */
  synchronized boolean isTimeToLearn() {
    long now = nanoClock.getAsLong();
    if (now - learnedNanos < LEARN_NANOS) {
      return false;
    }
    learnedNanos = now;
    return true;
  }

  /**
   * These are the nodes of the cluster now; others that were learned and do not answer are gone.
   */
  synchronized void learn(Set<ServerAddress> members) {
    members.forEach(this::learn);
    nodes
        .entrySet()
        .removeIf(
            node ->
                node.getValue().failures > 0
                    && !members.contains(node.getKey())
                    && !configured.contains(node.getKey()));
  }

  synchronized void learn(ServerAddress address) {
    nodes.computeIfAbsent(address, added -> new Node());
  }

  synchronized void succeeded(ServerAddress address) {
    metNode = true;
    Node node = nodes.get(address);
    if (node != null) {
      node.failures = 0;
    }
  }

  /**
   * The node answers, but cannot help at the moment, as one cannot that is cut off from the others:
   * they are asked before it.
   */
  synchronized void passOver(ServerAddress address) {
    Node node = nodes.remove(address);
    if (node != null) {
      nodes.put(address, node);
    }
  }

  synchronized void failed(ServerAddress address) {
    Node node = nodes.computeIfAbsent(address, added -> new Node());
    node.failures++;
    node.pausedUntilNanos =
        nanoClock.getAsLong()
            + TimeUnit.MILLISECONDS.toNanos(
                Backoff.millis(node.failures, PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
    ManagedChannel channel = channels.remove(address);
    if (channel != null) {
      // The next try gets a new channel: this one would refuse it until gRPC's own pause is over.
      // Calls that go on in spite of the failure are not cut.
      channel.shutdown();
    }
  }

  /** True once a node has answered. */
  synchronized boolean hasMetNode() {
    return metNode;
  }

  synchronized int nodeCount() {
    return nodes.size();
  }

  private static long waitNanos(Node node, long now) {
    return node.failures == 0 ? 0 : Math.max(0, node.pausedUntilNanos - now);
  }

  private ManagedChannel connect(ServerAddress address) {
    return NettyChannelBuilder.forAddress(address.host(), address.port())
        .channelType(NioSocketChannel.class)
        .eventLoopGroup(eventLoops)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .disableServiceConfigLookUp()
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .flowControlWindow(FLOW_CONTROL_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
        .build();
  }

  @Override
  public void close() {
    List<ManagedChannel> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(channels.values());
      channels.clear();
    }
    open.forEach(ManagedChannel::shutdownNow);
    // Daemon threads: nobody has to wait for them.
    var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
