package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.replication.Command.Append;
import dev.funes.replication.Command.CommitOffsets;
import dev.funes.replication.Command.DeleteOffsets;
import dev.funes.replication.Command.DropPartition;
import dev.funes.replication.Command.ExpireProducers;
import dev.funes.replication.Command.PutPartition;
import dev.funes.replication.Command.TrimBefore;
import dev.funes.state.GroupOffset;
import dev.funes.state.StoredOffset;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One command inside an entry: {@code [type:u8][length:i32][body]}. Type numbers are never used
 * again. A batch is copied once on the way in, and not at all on the way out.
 */
final class CommandCodec {

  static final int HEADER_BYTES = Byte.BYTES + Integer.BYTES;

  private static final byte APPEND = 1;
  private static final byte PUT_PARTITION = 2;
  private static final byte DROP_PARTITION = 3;
  private static final byte TRIM_BEFORE = 4;
  private static final byte COMMIT_OFFSETS = 5;
  private static final byte DELETE_OFFSETS = 6;
  private static final byte EXPIRE_PRODUCERS = 7;

  private static final int OFFSET_BYTES_MIN =
      Wire.PARTITION_BYTES + Long.BYTES + Integer.BYTES + Short.BYTES;

  private CommandCodec() {}

  /** Size of the command in an entry, its header with it. */
  static int sizeBytes(Command command) {
    return HEADER_BYTES
        + switch (command) {
          case Append(_, ByteBuffer batch) -> Wire.PARTITION_BYTES + batch.remaining();
          case PutPartition(_, String name, _) ->
              Wire.PARTITION_BYTES + Wire.stringBytes(name) + Wire.SETTINGS_BYTES;
          case DropPartition _ -> Wire.PARTITION_BYTES;
          case TrimBefore _ -> Wire.PARTITION_BYTES + Long.BYTES;
          case CommitOffsets(String group, List<GroupOffset> offsets) ->
              Wire.stringBytes(group) + Integer.BYTES + offsetsBytes(offsets);
          case DeleteOffsets(String group, List<PartitionId> partitions) ->
              Wire.stringBytes(group) + Integer.BYTES + partitions.size() * Wire.PARTITION_BYTES;
          case ExpireProducers _ -> Long.BYTES;
        };
  }

  private static int offsetsBytes(List<GroupOffset> offsets) {
    int bytes = 0;
    for (GroupOffset each : offsets) {
      bytes +=
          Wire.PARTITION_BYTES
              + Long.BYTES
              + Integer.BYTES
              + Wire.stringBytes(each.offset().metadata());
    }
    return bytes;
  }

  static void encode(Command command, ByteBuffer out) {
    int start = out.position();
    out.position(start + HEADER_BYTES);
    byte type =
        switch (command) {
          case Append(PartitionId partition, ByteBuffer batch) -> {
            Wire.putPartition(out, partition);
            out.put(batch.duplicate());
            yield APPEND;
          }
          case PutPartition put -> {
            Wire.putPartition(out, put.partition());
            Wire.putString(out, put.topicName());
            Wire.putSettings(out, put.settings());
            yield PUT_PARTITION;
          }
          case DropPartition(PartitionId partition) -> {
            Wire.putPartition(out, partition);
            yield DROP_PARTITION;
          }
          case TrimBefore(PartitionId partition, long startOffset) -> {
            Wire.putPartition(out, partition);
            out.putLong(startOffset);
            yield TRIM_BEFORE;
          }
          case CommitOffsets commit -> {
            encodeOffsets(commit, out);
            yield COMMIT_OFFSETS;
          }
          case DeleteOffsets(String group, List<PartitionId> partitions) -> {
            Wire.putString(out, group);
            out.putInt(partitions.size());
            partitions.forEach(partition -> Wire.putPartition(out, partition));
            yield DELETE_OFFSETS;
          }
          case ExpireProducers(long beforeMillis) -> {
            out.putLong(beforeMillis);
            yield EXPIRE_PRODUCERS;
          }
        };
    out.put(start, type).putInt(start + Byte.BYTES, out.position() - start - HEADER_BYTES);
  }

  private static void encodeOffsets(CommitOffsets commit, ByteBuffer out) {
    Wire.putString(out, commit.group());
    out.putInt(commit.offsets().size());
    for (GroupOffset each : commit.offsets()) {
      out.putLong(each.topicId()).putInt(each.partition());
      out.putLong(each.offset().offset()).putInt(each.offset().leaderEpoch());
      Wire.putString(out, each.offset().metadata());
    }
  }

  /**
   * The next command of an entry.
   *
   * @throws MalformedEntryException when it is not whole or not in range
   * @throws UnknownCommandException when a newer version wrote it
   */
  static Command decode(ByteBuffer in) {
    byte type = Wire.readByte(in);
    int length = Wire.readInt(in);
    Wire.need(in, length);
    ByteBuffer body = in.slice(in.position(), length);
    in.position(in.position() + length);
    Command command =
        switch (type) {
          case APPEND -> {
            PartitionId partition = Wire.readPartition(body);
            ByteBuffer batch = body.slice();
            body.position(body.limit());
            yield new Append(partition, batch);
          }
          case PUT_PARTITION ->
              new PutPartition(
                  Wire.readPartition(body), Wire.readString(body), Wire.readSettings(body));
          case DROP_PARTITION -> new DropPartition(Wire.readPartition(body));
          case TRIM_BEFORE -> new TrimBefore(Wire.readPartition(body), Wire.readLong(body));
          case COMMIT_OFFSETS -> decodeOffsets(body);
          case DELETE_OFFSETS -> decodePartitions(body);
          case EXPIRE_PRODUCERS -> new ExpireProducers(Wire.readLong(body));
          default -> throw new UnknownCommandException("command type " + type);
        };
    Wire.readEnd(body);
    return command;
  }

  private static CommitOffsets decodeOffsets(ByteBuffer in) {
    String group = Wire.readString(in);
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
    return new CommitOffsets(group, offsets);
  }

  private static DeleteOffsets decodePartitions(ByteBuffer in) {
    String group = Wire.readString(in);
    int count = Wire.readCount(in, Wire.PARTITION_BYTES);
    List<PartitionId> partitions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      partitions.add(Wire.readPartition(in));
    }
    return new DeleteOffsets(group, partitions);
  }
}
