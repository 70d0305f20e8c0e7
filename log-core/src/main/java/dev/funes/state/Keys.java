package dev.funes.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The keys of the database. Big-endian, so that their byte order is the order of what they say: all
 * offsets of a consumer group lie together, and all producers of a partition.
 *
 * <pre>
 * 'm'                                                 the Raft index that was applied last
 * 'o' group length (2) group (UTF-8) topic id (8) partition (4)    an offset
 * 'p' topic id (8) partition (4) producer id (8)                   a producer
 * </pre>
 */
final class Keys {
  static final byte OFFSETS = 'o';
  static final byte PRODUCERS = 'p';
  static final byte[] APPLIED_INDEX = {'m'};

  private static final int PARTITION_BYTES = Long.BYTES + Integer.BYTES;
  private static final int GROUP_AT = 1 + Short.BYTES;
  private static final int GROUP_BYTES_MAX = 0xffff;

  private Keys() {}

  /** Throws IllegalArgumentException for a group whose name takes more than 65,535 bytes. */
  static byte[] group(String group) {
    byte[] name = group.getBytes(UTF_8);
    if (name.length > GROUP_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a group name of at most " + GROUP_BYTES_MAX + " bytes, was " + name.length);
    }
    return ByteBuffer.allocate(GROUP_AT + name.length)
        .put(OFFSETS)
        .putShort((short) name.length)
        .put(name)
        .array();
  }

  static byte[] offset(String group, long topicId, int partition) {
    byte[] prefix = group(group);
    return ByteBuffer.allocate(prefix.length + PARTITION_BYTES)
        .put(prefix)
        .putLong(topicId)
        .putInt(partition)
        .array();
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

  static String groupOf(byte[] offsetKey) {
    return new String(offsetKey, GROUP_AT, offsetKey.length - GROUP_AT - PARTITION_BYTES, UTF_8);
  }

  /** The topic id, the partition and what follows, of an offset's key. */
  static ByteBuffer partitionOfOffset(byte[] key) {
    return ByteBuffer.wrap(key, key.length - PARTITION_BYTES, PARTITION_BYTES);
  }

  /** The topic id, the partition and the producer id, of a producer's key. */
  static ByteBuffer partitionOfProducer(byte[] key) {
    return ByteBuffer.wrap(key, 1, key.length - 1);
  }
}
