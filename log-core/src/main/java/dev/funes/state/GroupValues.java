package dev.funes.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * History and bookmarks as values of the database: a version byte, then the fields, big-endian, and
 * texts in UTF-8 behind a 16-bit length.
 */
final class GroupValues {
  private static final byte VERSION = 1;
  private static final int HISTORY_BYTES = 1 + Long.BYTES + 1 + Long.BYTES + Integer.BYTES;
  private static final int CHANGE_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;
  private static final int BOOKMARK_BYTES = 1 + Long.BYTES + Integer.BYTES;
  private static final int OFFSET_BYTES = 3 * Long.BYTES + 2 * Integer.BYTES;
  private static final int TEXT_BYTES_MAX = 0xffff;
  private static final int HAS_FROM = 1;
  private static final int HAS_TO = 2;

  private GroupValues() {}

  /** The id is in the key. */
  static byte[] encode(HistoryEntry entry) {
    byte[] member = text(entry.memberId());
    ByteBuffer out =
        ByteBuffer.allocate(
                HISTORY_BYTES + Short.BYTES + member.length + entry.changes().size() * CHANGE_BYTES)
            .put(VERSION)
            .putLong(entry.timeMillis())
            .put(entry.cause().number())
            .putLong(entry.undoneId());
    putText(out, member);
    out.putInt(entry.changes().size());
    for (OffsetChange change : entry.changes()) {
      Long from = change.from();
      Long to = change.to();
      out.putLong(change.topicId())
          .putInt(change.partition())
          .put((byte) ((from == null ? 0 : HAS_FROM) | (to == null ? 0 : HAS_TO)))
          .putLong(from == null ? 0 : from)
          .putLong(to == null ? 0 : to);
    }
    return out.array();
  }

  static HistoryEntry history(long id, byte[] value) {
    ByteBuffer in = open(value);
    long timeMillis = in.getLong();
    OffsetCause cause = OffsetCause.of(in.get());
    long undoneId = in.getLong();
    String memberId = readText(in);
    int count = in.getInt();
    List<OffsetChange> changes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long topicId = in.getLong();
      int partition = in.getInt();
      byte flags = in.get();
      Long from = orNull(in.getLong(), (flags & HAS_FROM) != 0);
      Long to = orNull(in.getLong(), (flags & HAS_TO) != 0);
      changes.add(new OffsetChange(topicId, partition, from, to));
    }
    return new HistoryEntry(id, timeMillis, cause, memberId, undoneId, changes);
  }

  static long timeMillis(byte[] historyOrBookmark) {
    return open(historyOrBookmark).getLong();
  }

  /** The name is in the key. */
  static byte[] encode(Bookmark bookmark) {
    int bytes = BOOKMARK_BYTES;
    for (GroupOffset each : bookmark.offsets()) {
      bytes += OFFSET_BYTES + Short.BYTES + text(each.offset().metadata()).length;
    }
    ByteBuffer out =
        ByteBuffer.allocate(bytes)
            .put(VERSION)
            .putLong(bookmark.timeMillis())
            .putInt(bookmark.offsets().size());
    for (GroupOffset each : bookmark.offsets()) {
      out.putLong(each.topicId())
          .putInt(each.partition())
          .putLong(each.offset().offset())
          .putInt(each.offset().leaderEpoch())
          .putLong(each.offset().commitTimeMillis());
      putText(out, text(each.offset().metadata()));
    }
    return out.array();
  }

  static Bookmark bookmark(String name, byte[] value) {
    ByteBuffer in = open(value);
    long timeMillis = in.getLong();
    int count = in.getInt();
    List<GroupOffset> offsets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long topicId = in.getLong();
      int partition = in.getInt();
      long offset = in.getLong();
      int leaderEpoch = in.getInt();
      long commitTimeMillis = in.getLong();
      offsets.add(
          new GroupOffset(
              topicId,
              partition,
              new StoredOffset(offset, leaderEpoch, readText(in), commitTimeMillis)));
    }
    return new Bookmark(name, timeMillis, offsets);
  }

  static byte[] encode(HistoryBounds bounds) {
    return ByteBuffer.allocate(1 + 2 * Long.BYTES)
        .put(VERSION)
        .putLong(bounds.newestId())
        .putLong(bounds.completeFromId())
        .array();
  }

  static HistoryBounds bounds(byte[] value) {
    ByteBuffer in = open(value);
    return new HistoryBounds(in.getLong(), in.getLong());
  }

  private static @Nullable Long orNull(long value, boolean there) {
    return there ? Long.valueOf(value) : null;
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length > TEXT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a text of at most " + TEXT_BYTES_MAX + " bytes, was " + bytes.length);
    }
    return bytes;
  }

  private static void putText(ByteBuffer out, byte[] text) {
    out.putShort((short) text.length).put(text);
  }

  private static String readText(ByteBuffer in) {
    byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static ByteBuffer open(byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalStateException("expected a value of version 1, was " + version);
    }
    return in;
  }
}
