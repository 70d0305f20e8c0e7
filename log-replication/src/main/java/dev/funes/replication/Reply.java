package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.BookmarkExists;
import dev.funes.replication.Outcome.BookmarksFull;
import dev.funes.replication.Outcome.Conflict;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.Fenced;
import dev.funes.replication.Outcome.GroupUpdated;
import dev.funes.replication.Outcome.Invalid;
import dev.funes.replication.Outcome.NotOwner;
import dev.funes.replication.Outcome.OutOfOrder;
import dev.funes.replication.Outcome.UnknownBookmark;
import dev.funes.replication.Outcome.UnknownGroup;
import dev.funes.replication.Outcome.UnknownMember;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.replication.Outcome.UnknownProducer;
import dev.funes.replication.Outcome.VersionConflict;
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
  private static final byte CONFLICT = 9;
  private static final byte NOT_OWNER = 10;
  private static final byte UNKNOWN_MEMBER = 11;
  private static final byte GROUP_UPDATED = 12;
  private static final byte VERSION_CONFLICT = 13;
  private static final byte UNKNOWN_GROUP = 14;
  private static final byte BOOKMARK_EXISTS = 15;
  private static final byte UNKNOWN_BOOKMARK = 16;
  private static final byte BOOKMARKS_FULL = 17;

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
          case Appended _, Conflict _, VersionConflict _ -> Long.BYTES;
          case GroupUpdated _ -> 2 * Long.BYTES;
          case NotOwner _ -> Wire.PARTITION_BYTES;
          case BookmarksFull _ -> Integer.BYTES;
          case OutOfOrder _ -> 2 * Integer.BYTES;
          case Fenced _ -> Short.BYTES;
          case Invalid(String why) -> Wire.stringBytes(why);
          case Done _,
              UnknownPartition _,
              UnknownProducer _,
              UnknownMember _,
              UnknownGroup _,
              BookmarkExists _,
              UnknownBookmark _ ->
              0;
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
      case Conflict(long endOffset) -> out.put(CONFLICT).putLong(endOffset);
      case NotOwner(PartitionId partition) -> Wire.putPartition(out.put(NOT_OWNER), partition);
      case UnknownMember _ -> out.put(UNKNOWN_MEMBER);
      case GroupUpdated(long version, long historyId) ->
          out.put(GROUP_UPDATED).putLong(version).putLong(historyId);
      case VersionConflict(long version) -> out.put(VERSION_CONFLICT).putLong(version);
      case UnknownGroup _ -> out.put(UNKNOWN_GROUP);
      case BookmarkExists _ -> out.put(BOOKMARK_EXISTS);
      case UnknownBookmark _ -> out.put(UNKNOWN_BOOKMARK);
      case BookmarksFull(int bookmarksMax) -> out.put(BOOKMARKS_FULL).putInt(bookmarksMax);
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
      case CONFLICT -> new Conflict(Wire.readLong(in));
      case NOT_OWNER -> new NotOwner(Wire.readPartition(in));
      case UNKNOWN_MEMBER -> new UnknownMember();
      case GROUP_UPDATED -> new GroupUpdated(Wire.readLong(in), Wire.readLong(in));
      case VERSION_CONFLICT -> new VersionConflict(Wire.readLong(in));
      case UNKNOWN_GROUP -> new UnknownGroup();
      case BOOKMARK_EXISTS -> new BookmarkExists();
      case UNKNOWN_BOOKMARK -> new UnknownBookmark();
      case BOOKMARKS_FULL -> new BookmarksFull(Wire.readInt(in));
      default -> throw new MalformedEntryException("outcome type " + type);
    };
  }
}
