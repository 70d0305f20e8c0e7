package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.replication.Command.Append;
import dev.funes.replication.Command.DropPartition;
import dev.funes.replication.Command.ExpireProducers;
import dev.funes.replication.Command.PutPartition;
import dev.funes.replication.Command.TrimBefore;
import java.nio.ByteBuffer;

/**
 * One command inside an entry: {@code [type:u8][length:i32][body]}. Type numbers are never used
 * again; those of consumer groups are in {@link GroupCommandCodec}. A batch is copied once on the
 * way in, and not at all on the way out.
 */
final class CommandCodec {

  static final int HEADER_BYTES = Byte.BYTES + Integer.BYTES;

  private static final byte APPEND = 1;
  private static final byte PUT_PARTITION = 2;
  private static final byte DROP_PARTITION = 3;
  private static final byte TRIM_BEFORE = 4;
  private static final byte EXPIRE_PRODUCERS = 7;
  private static final byte APPEND_EXPECTING = 8;

  private CommandCodec() {}

  /** Size of the command in an entry, its header with it. */
  static int sizeBytes(Command command) {
    return HEADER_BYTES
        + switch (command) {
          case Append(_, ByteBuffer batch, long expected) ->
              Wire.PARTITION_BYTES + batch.remaining() + (expected < 0 ? 0 : Long.BYTES);
          case PutPartition(_, String name, _) ->
              Wire.PARTITION_BYTES + Wire.stringBytes(name) + Wire.SETTINGS_BYTES;
          case DropPartition _ -> Wire.PARTITION_BYTES;
          case TrimBefore _ -> Wire.PARTITION_BYTES + Long.BYTES;
          case GroupCommand ofGroup -> GroupCommandCodec.sizeBytes(ofGroup);
          case ExpireProducers _ -> Long.BYTES;
        };
  }

  static void encode(Command command, ByteBuffer out) {
    int start = out.position();
    out.position(start + HEADER_BYTES);
    byte type =
        switch (command) {
          case Append(PartitionId partition, ByteBuffer batch, long expected) -> {
            Wire.putPartition(out, partition);
            if (expected >= 0) {
              out.putLong(expected);
            }
            out.put(batch.duplicate());
            yield expected < 0 ? APPEND : APPEND_EXPECTING;
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
          case ExpireProducers(long beforeMillis) -> {
            out.putLong(beforeMillis);
            yield EXPIRE_PRODUCERS;
          }
          case GroupCommand ofGroup -> GroupCommandCodec.encode(ofGroup, out);
        };
    out.put(start, type).putInt(start + Byte.BYTES, out.position() - start - HEADER_BYTES);
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
            yield new Append(partition, Wire.readRest(body), Append.ANY_OFFSET);
          }
          case APPEND_EXPECTING -> {
            PartitionId partition = Wire.readPartition(body);
            long expected = Wire.readPositive(body);
            yield new Append(partition, Wire.readRest(body), expected);
          }
          case PUT_PARTITION ->
              new PutPartition(
                  Wire.readPartition(body), Wire.readString(body), Wire.readSettings(body));
          case DROP_PARTITION -> new DropPartition(Wire.readPartition(body));
          case TRIM_BEFORE -> new TrimBefore(Wire.readPartition(body), Wire.readLong(body));
          case EXPIRE_PRODUCERS -> new ExpireProducers(Wire.readLong(body));
          default -> GroupCommandCodec.decode(type, body);
        };
    Wire.readEnd(body);
    return command;
  }
}
