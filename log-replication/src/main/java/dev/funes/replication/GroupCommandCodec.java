package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.group.OffsetTarget;
import dev.funes.group.UnknownLayoutException;
import dev.funes.replication.GroupCommand.CommitOffsets;
import dev.funes.replication.GroupCommand.DeleteBookmark;
import dev.funes.replication.GroupCommand.DeleteGroup;
import dev.funes.replication.GroupCommand.DeleteOffsets;
import dev.funes.replication.GroupCommand.ExpireGroup;
import dev.funes.replication.GroupCommand.ForgetOffsets;
import dev.funes.replication.GroupCommand.PutBookmark;
import dev.funes.replication.GroupCommand.StoreOffsets;
import dev.funes.replication.GroupCommand.TrimHistory;
import dev.funes.replication.GroupCommand.UpdateGroup;
import dev.funes.state.GroupOffset;
import dev.funes.state.OffsetCause;
import dev.funes.state.StoredOffset;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bodies of the commands of consumer groups: all begin with the group's name. */
final class GroupCommandCodec {

  private static final byte STORE_OFFSETS = 5;
  private static final byte FORGET_OFFSETS = 6;
  private static final byte COMMIT_OFFSETS = 9;
  private static final byte DELETE_OFFSETS = 10;
  private static final byte UPDATE_GROUP = 11;
  private static final byte DELETE_GROUP = 12;
  private static final byte EXPIRE_GROUP = 13;
  private static final byte TRIM_HISTORY = 14;
  private static final byte PUT_BOOKMARK = 15;
  private static final byte DELETE_BOOKMARK = 16;

  private static final int OFFSET_BYTES_MIN =
      Wire.PARTITION_BYTES + Long.BYTES + Integer.BYTES + Short.BYTES;
  private static final int UPDATE_BYTES = 1 + Long.BYTES + Integer.BYTES;
  private static final int TARGET_BYTES = Wire.PARTITION_BYTES + Long.BYTES;
  private static final byte NO_OFFSETS = 0;
  private static final long FORGOTTEN = -1;

  private GroupCommandCodec() {}

  static int sizeBytes(GroupCommand command) {
    return Wire.stringBytes(command.group())
        + switch (command) {
          case CommitOffsets commit ->
              Wire.stringBytes(commit.memberId()) + Long.BYTES + offsetsBytes(commit.offsets());
          case DeleteOffsets(_, List<PartitionId> partitions) -> partitionsBytes(partitions);
          case UpdateGroup update ->
              Long.BYTES
                  + Integer.BYTES
                  + update.next().encode().length
                  + updateBytes(update.offsets());
          case DeleteGroup _ -> Long.BYTES;
          case ExpireGroup _, TrimHistory _ -> 2 * Long.BYTES;
          case PutBookmark put -> Wire.stringBytes(put.name()) + 1 + Integer.BYTES;
          case DeleteBookmark(_, String name) -> Wire.stringBytes(name);
          case StoreOffsets(_, List<GroupOffset> offsets) -> offsetsBytes(offsets);
          case ForgetOffsets(_, List<PartitionId> partitions) -> partitionsBytes(partitions);
        };
  }

  private static int offsetsBytes(List<GroupOffset> offsets) {
    int bytes = Integer.BYTES;
    for (GroupOffset each : offsets) {
      bytes +=
          Wire.PARTITION_BYTES
              + Long.BYTES
              + Integer.BYTES
              + Wire.stringBytes(each.offset().metadata());
    }
    return bytes;
  }

  private static int partitionsBytes(List<PartitionId> partitions) {
    return Integer.BYTES + partitions.size() * Wire.PARTITION_BYTES;
  }

  private static int updateBytes(@Nullable OffsetUpdate update) {
    return update == null ? 1 : UPDATE_BYTES + update.targets().size() * TARGET_BYTES;
  }

  /** Returns the type. */
  static byte encode(GroupCommand command, ByteBuffer out) {
    Wire.putString(out, command.group());
    return switch (command) {
      case CommitOffsets commit -> {
        Wire.putString(out, commit.memberId());
        out.putLong(commit.generation());
        putOffsets(out, commit.offsets());
        yield COMMIT_OFFSETS;
      }
      case DeleteOffsets(_, List<PartitionId> partitions) -> {
        putPartitions(out, partitions);
        yield DELETE_OFFSETS;
      }
      case UpdateGroup update -> {
        byte[] next = update.next().encode();
        out.putLong(update.expectedVersion()).putInt(next.length).put(next);
        putUpdate(out, update.offsets());
        yield UPDATE_GROUP;
      }
      case DeleteGroup(_, long expectedVersion) -> {
        out.putLong(expectedVersion);
        yield DELETE_GROUP;
      }
      case ExpireGroup(_, long expectedVersion, long beforeMillis) -> {
        out.putLong(expectedVersion).putLong(beforeMillis);
        yield EXPIRE_GROUP;
      }
      case TrimHistory(_, long beforeId, long resetsBeforeId) -> {
        out.putLong(beforeId).putLong(resetsBeforeId);
        yield TRIM_HISTORY;
      }
      case PutBookmark put -> {
        Wire.putString(out, put.name());
        out.put((byte) (put.replace() ? 1 : 0)).putInt(put.bookmarksMax());
        yield PUT_BOOKMARK;
      }
      case DeleteBookmark(_, String name) -> {
        Wire.putString(out, name);
        yield DELETE_BOOKMARK;
      }
      case StoreOffsets(_, List<GroupOffset> offsets) -> {
        putOffsets(out, offsets);
        yield STORE_OFFSETS;
      }
      case ForgetOffsets(_, List<PartitionId> partitions) -> {
        putPartitions(out, partitions);
        yield FORGET_OFFSETS;
      }
    };
  }

  private static void putOffsets(ByteBuffer out, List<GroupOffset> offsets) {
    out.putInt(offsets.size());
    for (GroupOffset each : offsets) {
      out.putLong(each.topicId()).putInt(each.partition());
      out.putLong(each.offset().offset()).putInt(each.offset().leaderEpoch());
      Wire.putString(out, each.offset().metadata());
    }
  }

  private static void putPartitions(ByteBuffer out, List<PartitionId> partitions) {
    out.putInt(partitions.size());
    partitions.forEach(partition -> Wire.putPartition(out, partition));
  }

  private static void putUpdate(ByteBuffer out, @Nullable OffsetUpdate update) {
    if (update == null) {
      out.put(NO_OFFSETS);
      return;
    }
    out.put(update.cause().number()).putLong(update.undoneId()).putInt(update.targets().size());
    for (OffsetTarget target : update.targets()) {
      Long offset = target.offset();
      out.putLong(target.topicId())
          .putInt(target.partition())
          .putLong(offset == null ? FORGOTTEN : offset);
    }
  }

  /**
   * A command from its type and its body.
   *
   * @throws MalformedEntryException when it is not whole or not in range
   * @throws UnknownCommandException when a newer version wrote it
   */
  static GroupCommand decode(byte type, ByteBuffer in) {
    return switch (type) {
      case COMMIT_OFFSETS ->
          new CommitOffsets(
              Wire.readString(in), Wire.readString(in), Wire.readLong(in), readOffsets(in));
      case DELETE_OFFSETS -> new DeleteOffsets(Wire.readString(in), readPartitions(in));
      case UPDATE_GROUP -> readUpdateGroup(in);
      case DELETE_GROUP -> new DeleteGroup(Wire.readString(in), Wire.readLong(in));
      case EXPIRE_GROUP ->
          new ExpireGroup(Wire.readString(in), Wire.readLong(in), Wire.readLong(in));
      case TRIM_HISTORY ->
          new TrimHistory(Wire.readString(in), Wire.readLong(in), Wire.readLong(in));
      case PUT_BOOKMARK ->
          new PutBookmark(
              Wire.readString(in), Wire.readString(in), Wire.readFlag(in), Wire.readInt(in));
      case DELETE_BOOKMARK -> new DeleteBookmark(Wire.readString(in), Wire.readString(in));
      case STORE_OFFSETS -> new StoreOffsets(Wire.readString(in), readOffsets(in));
      case FORGET_OFFSETS -> new ForgetOffsets(Wire.readString(in), readPartitions(in));
      default -> throw new UnknownCommandException("command type", type, "1 to " + DELETE_BOOKMARK);
    };
  }

  private static List<GroupOffset> readOffsets(ByteBuffer in) {
    int count = Wire.readCount(in, OFFSET_BYTES_MIN);
    List<GroupOffset> offsets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PartitionId partition = Wire.readPartition(in);
      long offset = Wire.readLong(in);
      int leaderEpoch = Wire.readInt(in);
      String metadata = Wire.readString(in);
      offsets.add(
          new GroupOffset(
              partition.topicId(),
              partition.partition(),
              new StoredOffset(offset, leaderEpoch, metadata, 0)));
    }
    return offsets;
  }

  private static List<PartitionId> readPartitions(ByteBuffer in) {
    int count = Wire.readCount(in, Wire.PARTITION_BYTES);
    List<PartitionId> partitions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      partitions.add(Wire.readPartition(in));
    }
    return partitions;
  }

  private static UpdateGroup readUpdateGroup(ByteBuffer in) {
    String group = Wire.readString(in);
    long expectedVersion = Wire.readLong(in);
    byte[] next = new byte[Wire.readCount(in, 1)];
    in.get(next);
    try {
      return new UpdateGroup(group, expectedVersion, GroupRecord.decode(next), readUpdate(in));
    } catch (UnknownLayoutException e) {
      throw new UnknownCommandException(e);
    } catch (IllegalArgumentException e) {
      throw new MalformedEntryException(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable OffsetUpdate readUpdate(ByteBuffer in) {
    byte cause = Wire.readByte(in);
    if (cause == NO_OFFSETS) {
      return null;
    }
    long undoneId = Wire.readLong(in);
    int count = Wire.readCount(in, TARGET_BYTES);
    List<OffsetTarget> targets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PartitionId partition = Wire.readPartition(in);
      long offset = Wire.readLong(in);
      if (offset < FORGOTTEN) {
        throw new MalformedEntryException("offset " + offset);
      }
      targets.add(
          new OffsetTarget(
              partition.topicId(), partition.partition(), offset == FORGOTTEN ? null : offset));
    }
    return new OffsetUpdate(OffsetCause.of(cause), undoneId, targets);
  }
}
