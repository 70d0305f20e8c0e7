package dev.funes.client;

import dev.funes.proto.v1.ProduceResponse;
import io.grpc.Channel;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The Produce streams of a producer, one to a node at the most, and which of them a partition's
 * batches go on. Only the sender's thread uses it.
 */
final class ProduceStreams {
  private final Connections connections;
  private final TopicRoutes routes;
  private final Function<ServerAddress, Channel> channels;
  private final ProduceStream.Events events;
  private final Map<ServerAddress, ProduceStream> streams = new HashMap<>();

  ProduceStreams(
      Connections connections,
      TopicRoutes routes,
      Function<ServerAddress, Channel> channels,
      ProduceStream.Events events) {
    this.connections = connections;
    this.routes = routes;
    this.channels = channels;
    this.events = events;
  }

  /** Those that are open now; they may come and go while the caller goes through them. */
  Collection<ProduceStream> open() {
    return List.copyOf(streams.values());
  }

  /**
   * The stream to send a partition's next batch on; null while batches are under way on another
   * one, which they could overtake, or no node may be tried yet.
   */
  @Nullable ProduceStream streamFor(PartitionSender partition) {
    ServerAddress leader = routes.leader(partition.partition());
    ProduceStream current = streams.get(partition.boundTo());
    ServerAddress wanted;
    if (leader != null && connections.isUsable(leader)) {
      wanted = leader;
    } else if (current != null) {
      return current;
    } else {
      wanted = connections.next();
    }
    if (current != null) {
      return current.address.equals(wanted) ? current : null;
    }
    if (!connections.isUsable(wanted)) {
      return null;
    }
    return streams.computeIfAbsent(
        wanted, address -> ProduceStream.open(address, channels.apply(address), events));
  }

  /** True while the answer to some batch is awaited. */
  boolean isUnderWay() {
    for (ProduceStream stream : streams.values()) {
      if (stream.isWaiting()) {
        return true;
      }
    }
    return false;
  }

  void answered(ProduceStream stream) {
    connections.succeeded(stream.address);
  }

  /** A batch was written by this node, or by the one that it has asked. */
  void appended(PartitionSender partition, ProduceStream stream, ProduceResponse response) {
    ServerAddress leader =
        response.hasLeader()
            ? FromProto.nodeAddress(response.getLeader()).server()
            : stream.address;
    routes.learn(partition.partition(), leader);
  }

  /** A batch was refused: maybe it should go elsewhere. */
  void refused(
      PartitionSender partition, ProduceStream stream, ProduceResponse response, Failure failure) {
    NodeAddress leader =
        response.hasLeader() ? FromProto.nodeAddress(response.getLeader()) : failure.leader();
    switch (failure.code()) {
      case NOT_LEADER, UNAVAILABLE, UNKNOWN_OUTCOME -> {
        routes.learn(partition.partition(), leader == null ? null : leader.server());
        if (leader == null) {
          connections.passOver(stream.address);
        }
      }
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> routes.forget(partition.partition().topic());
      default -> {}
    }
  }

  /** Nothing goes on this stream any more; false when that was known. */
  boolean ended(ProduceStream stream) {
    if (!streams.remove(stream.address, stream)) {
      return false;
    }
    connections.failed(stream.address);
    return true;
  }

  void cancelAll(String why) {
    streams.values().forEach(stream -> stream.cancel(why));
  }
}
