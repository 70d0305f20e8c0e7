package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.log.Damage;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.NodeAddress;
import dev.funes.replication.DiskReserve;
import org.jspecify.annotations.Nullable;

/** The errors that the API answers with, one factory a kind. */
final class Errors {
  /** Long enough for most elections to end between two tries, short enough not to be felt. */
  private static final long RETRY_AFTER_MILLIS = 100;

  /** Connections last long, so a place is not to be expected within milliseconds. */
  private static final long CONNECTION_RETRY_MILLIS = 1_000;

  /** Free space is looked at as often. */
  private static final long DISK_RETRY_MILLIS = 1_000;

  private Errors() {}

  static Error invalid(String field, String message) {
    return of(ErrorCode.INVALID_ARGUMENT, message).toBuilder().setField(field).build();
  }

  static Error overLimit(ErrorCode code, String field, String message, long limit) {
    return of(code, message).toBuilder().setField(field).setLimit(limit).build();
  }

  static Error unknownTopic(String topic) {
    return of(ErrorCode.UNKNOWN_TOPIC, "topic " + topic + " does not exist").toBuilder()
        .setField("topic")
        .build();
  }

  static Error unknownPartition(String topic, int partition, int partitionCount) {
    String message =
        "partition %d of topic %s does not exist; it has partitions 0 to %d"
            .formatted(partition, topic, partitionCount - 1);
    return of(ErrorCode.UNKNOWN_PARTITION, message).toBuilder().setField("partition").build();
  }

  static Error offsetConflict(String topic, int partition, long endOffset, long expectedOffset) {
    return overLimit(
        ErrorCode.OFFSET_CONFLICT,
        "expected_offset",
        "partition %d of topic %s ends at offset %d, not at the expected %d; nothing was written"
            .formatted(partition, topic, endOffset, expectedOffset),
        endOffset);
  }

  static Error unknownGroup(String group) {
    return of(ErrorCode.UNKNOWN_GROUP, "group " + group + " has no stored offsets").toBuilder()
        .setField("group")
        .build();
  }

  static Error unknownBookmark(String group, String name) {
    String message = "group %s has no bookmark %s".formatted(group, name);
    return of(ErrorCode.UNKNOWN_BOOKMARK, message).toBuilder().setField("bookmark").build();
  }

  static Error bookmarkExists(String group, String name) {
    String message = "group %s has a bookmark %s already".formatted(group, name);
    return of(ErrorCode.BOOKMARK_EXISTS, message).toBuilder().setField("name").build();
  }

  static Error notLeader(Placement placement, @Nullable NodeId leader) {
    if (leader == null) {
      return unavailable("no leader is known at the moment");
    }
    Error.Builder error =
        of(ErrorCode.NOT_LEADER, "this node does not lead; node " + leader + " does").toBuilder();
    NodeAddress address = address(placement, leader);
    return address == null ? error.build() : error.setLeader(address).build();
  }

  static Error retry(String message, long retryAfterMillis) {
    return of(ErrorCode.RETRY, message).toBuilder().setRetryAfterMillis(retryAfterMillis).build();
  }

  static Error diskFull(DiskReserve.Shortage shortage) {
    String message =
        "node %s has %d bytes of disk free, less than its reserve (disk-reserve-bytes) of %d; nothing was written"
            .formatted(
                shortage.node(), shortage.state().freeBytes(), shortage.state().reserveBytes());
    return overLimit(
            ErrorCode.DISK_FULL, "disk-reserve-bytes", message, shortage.state().reserveBytes())
        .toBuilder()
        .setRetryAfterMillis(DISK_RETRY_MILLIS)
        .build();
  }

  static Error tooManyConnections(ApiLimits limits) {
    String message =
        "this node serves %d connections, as many as connections-max allows; close some, or ask another node"
            .formatted(limits.connectionsMax());
    return retry(message, CONNECTION_RETRY_MILLIS).toBuilder()
        .setField("connections-max")
        .setLimit(limits.connectionsMax())
        .build();
  }

  static Error unknownOutcome(String why) {
    return of(ErrorCode.UNKNOWN_OUTCOME, "the write may or may not have happened: " + why);
  }

  static Error unavailable(String message) {
    return of(ErrorCode.UNAVAILABLE, message).toBuilder()
        .setRetryAfterMillis(RETRY_AFTER_MILLIS)
        .build();
  }

  /** Nothing that another replica or another moment could not answer. */
  static Error damaged(Damage damage) {
    return unavailable(
        "the replica on this node is damaged at offset %d and waits for repair: %s"
            .formatted(damage.offset(), damage.problem()));
  }

  static Error of(ErrorCode code, String message) {
    return Error.newBuilder().setCode(code).setMessage(message).build();
  }

  /** Where clients reach a node; null for a node that the placement does not have. */
  static @Nullable NodeAddress address(Placement placement, @Nullable NodeId id) {
    NodeEndpoint node = id == null ? null : placement.node(id);
    return node == null ? null : address(node);
  }

  static NodeAddress address(NodeEndpoint node) {
    return NodeAddress.newBuilder()
        .setNodeId(node.id().value())
        .setHost(node.host())
        .setPort(node.clientPort())
        .build();
  }
}
