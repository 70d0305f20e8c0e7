package dev.funes.replication;

import dev.funes.log.LogSettings;
import java.nio.ByteBuffer;

/**
 * Everything that may enter the Raft log of the metadata raft group, one an entry: {@code
 * [version:u8][type:u8][body]}. Type numbers are never used again; 5 and above are those of {@link
 * PlacementCommand}.
 */
sealed interface MetadataCommand
    permits MetadataCommand.CreateTopic,
        MetadataCommand.AlterTopic,
        MetadataCommand.DeleteTopic,
        MetadataCommand.AllocateProducerId,
        PlacementCommand {

  /**
   * Makes a topic with the next topic id.
   *
   * @param partitionsMax of the cluster, as the leader has it: apply knows no setting of the node
   */
  record CreateTopic(String name, int partitionCount, LogSettings settings, int partitionsMax)
      implements MetadataCommand {}

  record AlterTopic(String name, LogSettings settings) implements MetadataCommand {}

  record DeleteTopic(String name) implements MetadataCommand {}

  record AllocateProducerId() implements MetadataCommand {}

  byte VERSION = 1;

  default ByteBuffer encode() {
    return switch (this) {
      case CreateTopic create -> {
        ByteBuffer out =
            header(
                (byte) 1, Wire.stringBytes(create.name) + 2 * Integer.BYTES + Wire.SETTINGS_BYTES);
        Wire.putString(out, create.name);
        Wire.putSettings(out, create.settings);
        yield out.putInt(create.partitionCount).putInt(create.partitionsMax).flip();
      }
      case AlterTopic alter -> {
        ByteBuffer out = header((byte) 2, Wire.stringBytes(alter.name) + Wire.SETTINGS_BYTES);
        Wire.putString(out, alter.name);
        Wire.putSettings(out, alter.settings);
        yield out.flip();
      }
      case DeleteTopic(String name) -> {
        ByteBuffer out = header((byte) 3, Wire.stringBytes(name));
        Wire.putString(out, name);
        yield out.flip();
      }
      case AllocateProducerId() -> header((byte) 4, 0).flip();
      case PlacementCommand _ -> throw new IllegalStateException("expected its own encoding");
    };
  }

  static ByteBuffer header(byte type, int bodyBytes) {
    return ByteBuffer.allocate(2 * Byte.BYTES + bodyBytes).put(VERSION).put(type);
  }

  /**
   * Reads an entry.
   *
   * @throws MalformedEntryException when these are not the bytes of a command
   * @throws UnknownCommandException when a newer version wrote it
   */
  static MetadataCommand decode(ByteBuffer in) {
    byte version = Wire.readByte(in);
    if (version != VERSION) {
      throw new UnknownCommandException("metadata entry version", version, "version " + VERSION);
    }
    byte type = Wire.readByte(in);
    MetadataCommand command =
        switch (type) {
          case 1 -> {
            String name = Wire.readString(in);
            LogSettings settings = Wire.readSettings(in);
            yield new CreateTopic(name, Wire.readInt(in), settings, Wire.readInt(in));
          }
          case 2 -> new AlterTopic(Wire.readString(in), Wire.readSettings(in));
          case 3 -> new DeleteTopic(Wire.readString(in));
          case 4 -> new AllocateProducerId();
          default -> PlacementCommand.decode(type, in);
        };
    Wire.readEnd(in);
    return command;
  }
}
