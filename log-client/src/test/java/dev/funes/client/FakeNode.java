package dev.funes.client;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.NodeAddress;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One node of a {@link FakeCluster}. */
final class FakeNode {
  final int id;
  private final Server server;
  private final int port;

  /** How many produce requests have come here. */
  final AtomicInteger fetches = new AtomicInteger();

  final AtomicInteger produceRequests = new AtomicInteger();

  private FakeNode(int id, Server server) {
    this.id = id;
    this.server = server;
    this.port = server.getPort();
  }

  static FakeNode start(FakeCluster cluster, int id) throws IOException {
    return start(cluster, id, 0);
  }

  /** As above, where an earlier one was. */
  static FakeNode start(FakeCluster cluster, int id, int port) throws IOException {
    ConcurrentHashMap<Integer, FakeNode> self = new ConcurrentHashMap<>();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addService(new FakeLogService(cluster, () -> self.get(id)))
            .addService(new FakeTopicService(cluster))
            .addService(new FakeClusterService(cluster))
            .addService(new FakeOffsetService(cluster))
            .addService(new FakeGroupService(cluster, () -> self.get(id)))
            .build()
            .start();
    FakeNode node = new FakeNode(id, server);
    self.put(id, node);
    return node;
  }

  ServerAddress address() {
    return new ServerAddress(InetAddress.getLoopbackAddress().getHostAddress(), port);
  }

  NodeAddress proto() {
    return NodeAddress.newBuilder()
        .setNodeId(id)
        .setHost(address().host())
        .setPort(address().port())
        .build();
  }

  void stop() {
    server.shutdownNow();
  }

  /** Waits until its port is free. */
  void stopped() throws InterruptedException {
    stop();
    if (!server.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new AssertionError("node " + id + " does not stop");
    }
  }

  /** An error as nodes put it beside a status. */
  static StatusRuntimeException status(Code status, ErrorCode code, String message) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(status.getNumber())
            .setMessage(message)
            .addDetails(
                Any.pack(
                    Error.newBuilder().setCode(code).setMessage(message).setField("topic").build()))
            .build());
  }
}
