package dev.funes.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A Raft entry of a data raft group: {@code [version:u8][leader's time in ms:i64][count:i32]} and
 * that many commands.
 *
 * @param timeMillis as the leader stamped it; the only clock that apply knows
 */
record Entry(long timeMillis, List<Command> commands) {

  static final int HEADER_BYTES = Byte.BYTES + Long.BYTES + Integer.BYTES;

  private static final byte VERSION = 1;

  Entry {
    commands = List.copyOf(commands);
  }

  /** The whole entry, built once in an array of its own. */
  ByteBuffer encode() {
    int size = HEADER_BYTES;
    for (Command command : commands) {
      size = Math.addExact(size, CommandCodec.sizeBytes(command));
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putLong(timeMillis).putInt(commands.size());
    for (Command command : commands) {
      CommandCodec.encode(command, out);
    }
    return out.flip();
  }

  /**
   * All of the entry or nothing. Batches are slices of {@code in}.
   *
   * @throws MalformedEntryException when these are not the bytes of an entry
   * @throws UnknownCommandException when a newer version wrote it
   */
  static Entry decode(ByteBuffer in) {
    byte version = Wire.readByte(in);
    if (version != VERSION) {
      throw new UnknownCommandException("entry version", version, "version " + VERSION);
    }
    long timeMillis = Wire.readLong(in);
    int count = Wire.readCount(in, CommandCodec.HEADER_BYTES);
    List<Command> commands = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      commands.add(CommandCodec.decode(in));
    }
    Wire.readEnd(in);
    return new Entry(timeMillis, commands);
  }
}
