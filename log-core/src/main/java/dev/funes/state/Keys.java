package dev.funes.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of the database. Big-endian, so that their byte order is the order of what they say: all
 * offsets of a consumer group lie together, and all producers of a partition.
 *
 * <pre>
 * 'm'                                                 the Raft index that was applied last
 * 'o' group length (2) group (UTF-8) topic id (8) partition (4)    an offset
 * 'g' group length (2) group                                       a consumer group's record
 * 'h' group length (2) group entry id (8)                          a commit in the history
 * 'r' group length (2) group entry id (8)                          everything else in the history
 * 'c' group length (2) group                                       the bounds of the history
 * 'b' group length (2) group name (UTF-8)                          a bookmark
 * 'p' topic id (8) partition (4) producer id (8)                   a producer
 * </pre>
 */
final class Keys {
  static final byte OFFSETS = 'o';
  static final byte RECORDS = 'g';
  static final byte COMMITS = 'h';
  static final byte RESETS = 'r';
  static final byte BOUNDS = 'c';
  static final byte BOOKMARKS = 'b';
  static final byte PRODUCERS = 'p';
  static final byte[] APPLIED_INDEX = {'m'};

  /** What a consumer group may have. */
  static final List<Byte> OF_GROUPS = List.of(OFFSETS, RECORDS, COMMITS, RESETS, BOUNDS, BOOKMARKS);

  private static final int PARTITION_BYTES = Long.BYTES + Integer.BYTES;
  private static final int GROUP_AT = 1 + Short.BYTES;
  private static final int GROUP_BYTES_MAX = 0xffff;

  private Keys() {}

  /**
   * The key of what a consumer group has once, and the prefix of what it has many of.
   *
   * <p>Throws IllegalArgumentException for a group whose name takes more than 65,535 bytes.
   */
  static byte[] group(byte kind, String group) {
    byte[] name = group.getBytes(UTF_8);
    if (name.length > GROUP_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a group name of at most " + GROUP_BYTES_MAX + " bytes, was " + name.length);
    }
    return ByteBuffer.allocate(GROUP_AT + name.length)
        .put(kind)
        .putShort((short) name.length)
        .put(name)
        .array();
  }

  static byte[] offset(String group, long topicId, int partition) {
    byte[] prefix = group(OFFSETS, group);
    return ByteBuffer.allocate(prefix.length + PARTITION_BYTES)
        .put(prefix)
        .putLong(topicId)
        .putInt(partition)
        .array();
  }

  /** An entry of the history; {@code kind} is {@link #COMMITS} or {@link #RESETS}. */
  static byte[] history(byte kind, String group, long id) {
    byte[] prefix = group(kind, group);
    return ByteBuffer.allocate(prefix.length + Long.BYTES).put(prefix).putLong(id).array();
  }

  static byte[] bookmark(String group, String name) {
    byte[] prefix = group(BOOKMARKS, group);
    byte[] nameBytes = name.getBytes(UTF_8);
    return ByteBuffer.allocate(prefix.length + nameBytes.length).put(prefix).put(nameBytes).array();
  }

  static byte[] producers(long topicId, int partition) {
    return ByteBuffer.allocate(1 + PARTITION_BYTES)
        .put(PRODUCERS)
        .putLong(topicId)
        .putInt(partition)
        .array();
  }

  static byte[] producer(long topicId, int partition, long producerId) {
    return ByteBuffer.allocate(1 + PARTITION_BYTES + Long.BYTES)
        .put(producers(topicId, partition))
        .putLong(producerId)
        .array();
  }

  /** The first key behind all that start with the prefix. */
  static byte[] after(byte[] prefix) {
    byte[] next = prefix.clone();
    for (int i = next.length - 1; i >= 0; i--) {
      if (++next[i] != 0) {
        return Arrays.copyOf(next, i + 1);
      }
    }
    throw new IllegalArgumentException("nothing is behind a prefix of 0xff bytes");
  }

  /** The consumer group of a key of any of {@link #OF_GROUPS}. */
  static String groupOf(byte[] key) {
    return new String(key, GROUP_AT, groupBytes(key), UTF_8);
  }

  /** The name in a bookmark's key. */
  static String nameOf(byte[] bookmarkKey) {
    int at = GROUP_AT + groupBytes(bookmarkKey);
    return new String(bookmarkKey, at, bookmarkKey.length - at, UTF_8);
  }

  /** The id in the key of an entry of the history. */
  static long idOf(byte[] historyKey) {
    return ByteBuffer.wrap(historyKey).getLong(historyKey.length - Long.BYTES);
  }

  /** The topic id, the partition and what follows, of an offset's key. */
  static ByteBuffer partitionOfOffset(byte[] key) {
    return ByteBuffer.wrap(key, key.length - PARTITION_BYTES, PARTITION_BYTES);
  }

  /** The topic id, the partition and the producer id, of a producer's key. */
  static ByteBuffer partitionOfProducer(byte[] key) {
    return ByteBuffer.wrap(key, 1, key.length - 1);
  }

  private static int groupBytes(byte[] key) {
    return Short.toUnsignedInt(ByteBuffer.wrap(key).getShort(1));
  }
}
