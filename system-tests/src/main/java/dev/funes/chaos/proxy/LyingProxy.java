package dev.funes.chaos.proxy;

import com.google.protobuf.Message;
import dev.funes.client.NodeAddress;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.TopicServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A proxy before each node of a cluster, on loopback. It passes on every call of the API, and does
 * with the messages what its {@link Lies} say. Where a node names another one, it puts that one's
 * proxy. Thread-safe.
 */
public final class LyingProxy implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 72 << 20;
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          LogServiceGrpc.getServiceDescriptor(),
          TopicServiceGrpc.getServiceDescriptor(),
          OffsetServiceGrpc.getServiceDescriptor(),
          GroupServiceGrpc.getServiceDescriptor(),
          ClusterServiceGrpc.getServiceDescriptor());

  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<NodeAddress> addresses = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lying-proxy").daemon().factory());

  private LyingProxy() {}

  /** Starts a proxy before each of these nodes. */
  public static LyingProxy before(List<NodeAddress> nodes, Lies lies) {
    LyingProxy proxy = new LyingProxy();
    try {
      proxy.start(nodes, lies);
      return proxy;
    } catch (IOException e) {
      proxy.close();
      throw new UncheckedIOException(e);
    }
  }

  private void start(List<NodeAddress> nodes, Lies lies) throws IOException {
    List<SwitchableRegistry> registries = new ArrayList<>();
    Map<dev.funes.proto.v1.NodeAddress, dev.funes.proto.v1.NodeAddress> map = new HashMap<>();
    for (NodeAddress node : nodes) {
      SwitchableRegistry registry = new SwitchableRegistry();
      registries.add(registry);
      Server server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .fallbackHandlerRegistry(registry)
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .build()
              .start();
      servers.add(server);
      NodeAddress address = new NodeAddress(node.nodeId(), "127.0.0.1", server.getPort());
      addresses.add(address);
      map.put(proto(node), proto(address));
    }
    Addresses replaced = new Addresses(map);
    for (int i = 0; i < nodes.size(); i++) {
      ManagedChannel channel =
          ManagedChannelBuilder.forAddress(nodes.get(i).host(), nodes.get(i).port())
              .usePlaintext()
              .disableRetry()
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .build();
      channels.add(channel);
      Route route = new Route(channel, lies, replaced, timer);
      SwitchableRegistry registry = registries.get(i);
      SERVICES.forEach(service -> registry.add(definition(service, route)));
    }
  }

  private static dev.funes.proto.v1.NodeAddress proto(NodeAddress node) {
    return dev.funes.proto.v1.NodeAddress.newBuilder()
        .setHost(node.host())
        .setPort(node.port())
        .build();
  }

  @SuppressWarnings("unchecked") // All messages of the API are protobuf messages.
  private static ServerServiceDefinition definition(ServiceDescriptor service, Route route) {
    ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service.getName());
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      MethodDescriptor<Message, Message> known = (MethodDescriptor<Message, Message>) method;
      definition.addMethod(known, (call, headers) -> Relay.start(call, headers, route));
    }
    return definition.build();
  }

  /** Where clients find the proxies, with the ids of their nodes. */
  public List<NodeAddress> addresses() {
    return List.copyOf(addresses);
  }

  /** Cuts everything that is under way. */
  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
    channels.forEach(ManagedChannel::shutdownNow);
    timer.shutdownNow();
  }
}
