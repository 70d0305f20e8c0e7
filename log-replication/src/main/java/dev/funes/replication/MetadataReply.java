package dev.funes.replication;

import dev.funes.cluster.Topic;
import dev.funes.log.LogSettings;
import dev.funes.replication.TopicOutcome.Altered;
import dev.funes.replication.TopicOutcome.Created;
import dev.funes.replication.TopicOutcome.Deleted;
import dev.funes.replication.TopicOutcome.Invalid;
import dev.funes.replication.TopicOutcome.LimitExceeded;
import dev.funes.replication.TopicOutcome.TopicExists;
import dev.funes.replication.TopicOutcome.UnknownTopic;
import java.nio.ByteBuffer;

/**
 * What apply of the metadata raft group answers. It is read by the node that wrote it and is kept
 * nowhere, so it has no version.
 */
sealed interface MetadataReply {

  /** To a change of topics. Outcomes that apply never gives are refused by {@link #encode}. */
  record OfTopic(TopicOutcome outcome) implements MetadataReply {}

  record ProducerId(long producerId) implements MetadataReply {}

  /** To a change of the placement; the same rule. */
  record OfPlacement(PlacementOutcome outcome) implements MetadataReply {}

  byte CREATED = 1;
  byte ALTERED = 2;
  byte DELETED = 3;
  byte EXISTS = 4;
  byte UNKNOWN = 5;
  byte LIMIT = 6;
  byte INVALID = 7;
  byte PRODUCER_ID = 8;
  byte PLACED = 9;
  byte NOT_PLACED = 10;
  byte MOVED = 11;
  byte NOT_YET = 12;

  default ByteBuffer encode() {
    return switch (this) {
      case ProducerId(long producerId) ->
          allocate(PRODUCER_ID, Long.BYTES).putLong(producerId).flip();
      case OfPlacement(PlacementOutcome outcome) -> placement(outcome);
      case OfTopic(TopicOutcome outcome) ->
          switch (outcome) {
            case Created(Topic topic) -> topic(CREATED, topic);
            case Altered(Topic topic) -> topic(ALTERED, topic);
            case Deleted(Topic topic) -> topic(DELETED, topic);
            case TopicExists(Topic topic) -> topic(EXISTS, topic);
            case UnknownTopic(String name) -> {
              ByteBuffer out = allocate(UNKNOWN, Wire.stringBytes(name));
              Wire.putString(out, name);
              yield out.flip();
            }
            case LimitExceeded(long max) -> allocate(LIMIT, Long.BYTES).putLong(max).flip();
            case Invalid(String field, String why) -> {
              ByteBuffer out = allocate(INVALID, Wire.stringBytes(field) + Wire.stringBytes(why));
              Wire.putString(out, field);
              Wire.putString(out, why);
              yield out.flip();
            }
            case TopicOutcome.NotLeader _,
                TopicOutcome.Busy _,
                TopicOutcome.DiskFull _,
                TopicOutcome.UnknownOutcome _ ->
                throw new IllegalStateException("apply never answers " + outcome);
          };
    };
  }

  private static ByteBuffer placement(PlacementOutcome outcome) {
    return switch (outcome) {
      case PlacementOutcome.Done() -> allocate(PLACED, 0).flip();
      case PlacementOutcome.Invalid(String field, String why) -> {
        ByteBuffer out = allocate(NOT_PLACED, Wire.stringBytes(field) + Wire.stringBytes(why));
        Wire.putString(out, field);
        Wire.putString(out, why);
        yield out.flip();
      }
      case PlacementOutcome.Moved(var replicas) -> {
        ByteBuffer out = allocate(MOVED, PlacementWire.idsBytes(replicas));
        PlacementWire.putIds(out, replicas);
        yield out.flip();
      }
      case PlacementOutcome.Busy(long retryAfterMillis) ->
          allocate(NOT_YET, Long.BYTES).putLong(retryAfterMillis).flip();
      case PlacementOutcome.NotLeader _, PlacementOutcome.UnknownOutcome _ ->
          throw new IllegalStateException("apply never answers " + outcome);
    };
  }

  private static ByteBuffer allocate(byte type, int bodyBytes) {
    return ByteBuffer.allocate(Byte.BYTES + bodyBytes).put(type);
  }

  private static ByteBuffer topic(byte type, Topic topic) {
    ByteBuffer out = allocate(type, topicBytes(topic));
    putTopic(out, topic);
    return out.flip();
  }

  static int topicBytes(Topic topic) {
    return Wire.stringBytes(topic.name()) + Wire.PARTITION_BYTES + Wire.SETTINGS_BYTES;
  }

  static void putTopic(ByteBuffer out, Topic topic) {
    Wire.putString(out, topic.name());
    out.putLong(topic.topicId()).putInt(topic.partitionCount());
    Wire.putSettings(out, topic.settings());
  }

  static Topic readTopic(ByteBuffer in) {
    String name = Wire.readString(in);
    long topicId = Wire.readLong(in);
    int partitionCount = Wire.readInt(in);
    LogSettings settings = Wire.readSettings(in);
    try {
      return new Topic(name, topicId, partitionCount, settings);
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads a reply.
   *
   * @throws MalformedEntryException when these are not the bytes of one
   */
  static MetadataReply decode(ByteBuffer in) {
    byte type = Wire.readByte(in);
    return switch (type) {
      case CREATED -> new OfTopic(new Created(readTopic(in)));
      case ALTERED -> new OfTopic(new Altered(readTopic(in)));
      case DELETED -> new OfTopic(new Deleted(readTopic(in)));
      case EXISTS -> new OfTopic(new TopicExists(readTopic(in)));
      case UNKNOWN -> new OfTopic(new UnknownTopic(Wire.readString(in)));
      case LIMIT -> new OfTopic(new LimitExceeded(Wire.readLong(in)));
      case INVALID -> new OfTopic(new Invalid(Wire.readString(in), Wire.readString(in)));
      case PRODUCER_ID -> new ProducerId(Wire.readLong(in));
      case PLACED -> new OfPlacement(new PlacementOutcome.Done());
      case NOT_PLACED ->
          new OfPlacement(new PlacementOutcome.Invalid(Wire.readString(in), Wire.readString(in)));
      case MOVED -> new OfPlacement(new PlacementOutcome.Moved(PlacementWire.readIds(in)));
      case NOT_YET -> new OfPlacement(new PlacementOutcome.Busy(Wire.readLong(in)));
      default -> throw new MalformedEntryException("metadata reply type " + type);
    };
  }
}
