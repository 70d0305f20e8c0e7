package dev.funes.chaos.workload;

import dev.funes.client.NodeAddress;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Channels to nodes for those who speak the API by hand. Thread-safe. */
final class Channels implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 72 << 20;
  private static final int KEEP_ALIVE_SECONDS = 20;
  private static final int KEEP_ALIVE_ANSWER_SECONDS = 5;

  private final Map<NodeAddress, ManagedChannel> open = new HashMap<>();

  synchronized ManagedChannel to(NodeAddress node) {
    return open.computeIfAbsent(node, Channels::connect);
  }

  private static ManagedChannel connect(NodeAddress node) {
    return ManagedChannelBuilder.forAddress(node.host(), node.port())
        .usePlaintext()
        .disableRetry()
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /** Tries at once again to connect, instead of after gRPC's own pause. */
  synchronized void hurry(NodeAddress node) {
    ManagedChannel channel = open.get(node);
    if (channel != null) {
      channel.resetConnectBackoff();
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(ManagedChannel::shutdownNow);
    open.clear();
  }
}
