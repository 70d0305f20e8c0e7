package dev.funes.replication;

import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.Fenced;
import dev.funes.replication.Outcome.Invalid;
import dev.funes.replication.Outcome.OutOfOrder;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.replication.Outcome.UnknownProducer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What apply answers to an entry: {@code [version:u8][count:i32]}, one outcome a command. */
record Reply(List<Applied> outcomes) {

  private static final byte VERSION = 1;

  private static final byte APPENDED = 1;
  private static final byte DUPLICATE = 2;
  private static final byte DONE = 3;
  private static final byte UNKNOWN_PARTITION = 4;
  private static final byte OUT_OF_ORDER = 5;
  private static final byte FENCED = 6;
  private static final byte UNKNOWN_PRODUCER = 7;
  private static final byte INVALID = 8;

  Reply {
    outcomes = List.copyOf(outcomes);
  }

  ByteBuffer encode() {
    int size = Byte.BYTES + Integer.BYTES;
    for (Applied outcome : outcomes) {
      size += sizeBytes(outcome);
    }
    ByteBuffer out = ByteBuffer.allocate(size).put(VERSION).putInt(outcomes.size());
    for (Applied outcome : outcomes) {
      encode(outcome, out);
    }
    return out.flip();
  }

  private static int sizeBytes(Applied outcome) {
    return Byte.BYTES
        + switch (outcome) {
          case Appended _ -> Long.BYTES;
          case OutOfOrder _ -> 2 * Integer.BYTES;
          case Fenced _ -> Short.BYTES;
          case Invalid(String why) -> Wire.stringBytes(why);
          case Done _, UnknownPartition _, UnknownProducer _ -> 0;
        };
  }

  private static void encode(Applied outcome, ByteBuffer out) {
    switch (outcome) {
      case Appended(long baseOffset, boolean duplicate) ->
          out.put(duplicate ? DUPLICATE : APPENDED).putLong(baseOffset);
      case Done _ -> out.put(DONE);
      case UnknownPartition _ -> out.put(UNKNOWN_PARTITION);
      case OutOfOrder(int expected, int sequence) ->
          out.put(OUT_OF_ORDER).putInt(expected).putInt(sequence);
      case Fenced(short epoch) -> out.put(FENCED).putShort(epoch);
      case UnknownProducer _ -> out.put(UNKNOWN_PRODUCER);
      case Invalid(String why) -> Wire.putString(out.put(INVALID), why);
    }
  }

  /**
   * Reads a reply of this node's own apply.
   *
   * @throws MalformedEntryException when these are not the bytes of a reply
   */
  static Reply decode(ByteBuffer in) {
    if (Wire.readByte(in) != VERSION) {
      throw new MalformedEntryException("expected reply version " + VERSION);
    }
    int count = Wire.readCount(in, Byte.BYTES);
    List<Applied> outcomes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      outcomes.add(decodeOne(in));
    }
    Wire.readEnd(in);
    return new Reply(outcomes);
  }

  private static Applied decodeOne(ByteBuffer in) {
    byte type = Wire.readByte(in);
    return switch (type) {
      case APPENDED -> new Appended(Wire.readLong(in), false);
      case DUPLICATE -> new Appended(Wire.readLong(in), true);
      case DONE -> new Done();
      case UNKNOWN_PARTITION -> new UnknownPartition();
      case OUT_OF_ORDER -> new OutOfOrder(Wire.readInt(in), Wire.readInt(in));
      case FENCED -> {
        Wire.need(in, Short.BYTES);
        yield new Fenced(in.getShort());
      }
      case UNKNOWN_PRODUCER -> new UnknownProducer();
      case INVALID -> new Invalid(Wire.readString(in));
      default -> throw new MalformedEntryException("outcome type " + type);
    };
  }
}
