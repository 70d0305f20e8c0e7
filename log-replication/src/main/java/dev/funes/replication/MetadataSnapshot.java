package dev.funes.replication;

import dev.funes.cluster.ClusterMembers;
import dev.funes.cluster.Placement;
import dev.funes.cluster.Topic;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the metadata raft group has applied up to one Raft index, in one small file:
 * {@code [version:u8][crc32c of what follows:i32]} and the fields in their order.
 */
record MetadataSnapshot(
    TermIndexed at,
    long timeMillis,
    long viewVersion,
    long lastTopicId,
    long nextProducerId,
    Collection<Topic> topics,
    @Nullable Placement placement,
    ClusterMembers members) {

  static final String FILE = "metadata";

  private static final byte VERSION = 2;

  /** Had no placement: it was that of the configuration. */
  private static final byte VERSION_WITHOUT_PLACEMENT = 1;

  private static final int HEADER_BYTES = Byte.BYTES + Integer.BYTES;
  private static final int TOPIC_BYTES_MIN =
      Short.BYTES + Wire.PARTITION_BYTES + Wire.SETTINGS_BYTES;

  /**
   * A snapshot.
   *
   * @param placement null when it is not stored yet
   */
  MetadataSnapshot(
      TermIndexed at,
      long timeMillis,
      long viewVersion,
      long lastTopicId,
      long nextProducerId,
      Collection<Topic> topics,
      @Nullable Placement placement,
      ClusterMembers members) {
    this.at = at;
    this.timeMillis = timeMillis;
    this.viewVersion = viewVersion;
    this.lastTopicId = lastTopicId;
    this.nextProducerId = nextProducerId;
    this.topics = List.copyOf(topics);
    this.placement = placement;
    this.members = members;
  }

  /** Replaces the file; a crash at any step leaves the old one or the new one, whole. */
  void write(Path directory) throws IOException {
    Path temporary = directory.resolve(FILE + ".tmp");
    Disk.createDirectories(directory); // a replica that joined while the node ran has none yet
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = encode();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true); // before the rename: the name must never stand for half a file
    } catch (IOException e) {
      throw new IOException("cannot write " + temporary + ": " + e.getMessage(), e);
    }
    Disk.move(temporary, directory.resolve(FILE));
  }

  /**
   * The snapshot in a directory, null when there is none.
   *
   * @throws IOException names the file when it is damaged
   */
  static @Nullable MetadataSnapshot read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    Files.deleteIfExists(directory.resolve(FILE + ".tmp"));
    return Files.exists(file) ? decode(Files.readAllBytes(file), file) : null;
  }

  /** What a file holds; throws IOException, naming it, when it is damaged. */
  static MetadataSnapshot decode(byte[] bytes, Path file) throws IOException {
    try {
      return decode(ByteBuffer.wrap(bytes));
    } catch (MalformedEntryException e) {
      throw new CorruptSnapshotException(file, e);
    } catch (UnknownCommandException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private ByteBuffer encode() {
    int size = HEADER_BYTES + 6 * Long.BYTES + Integer.BYTES;
    for (Topic topic : topics) {
      size += MetadataReply.topicBytes(topic);
    }
    size += Byte.BYTES + PlacementWire.membersBytes(members);
    if (placement != null) {
      size += PlacementWire.placementBytes(placement);
    }
    ByteBuffer out = ByteBuffer.allocate(size).position(HEADER_BYTES);
    out.putLong(at.term()).putLong(at.index()).putLong(timeMillis);
    out.putLong(viewVersion).putLong(lastTopicId).putLong(nextProducerId);
    out.putInt(topics.size());
    topics.forEach(topic -> MetadataReply.putTopic(out, topic));
    PlacementWire.putMembers(out, members);
    out.put((byte) (placement == null ? 0 : 1));
    if (placement != null) {
      PlacementWire.putPlacement(out, placement);
    }
    return out.flip().put(0, VERSION).putInt(Byte.BYTES, checksum(out));
  }

  private static MetadataSnapshot decode(ByteBuffer in) {
    byte version = Wire.readByte(in);
    if (version != VERSION && version != VERSION_WITHOUT_PLACEMENT) {
      throw new UnknownCommandException(
          "version", version, "versions %d to %d".formatted(VERSION_WITHOUT_PLACEMENT, VERSION));
    }
    int expected = Wire.readInt(in);
    if (checksum(in) != expected) {
      throw new MalformedEntryException("its checksum is wrong");
    }
    long term = Wire.readLong(in);
    long index = Wire.readLong(in);
    long timeMillis = Wire.readLong(in);
    long viewVersion = Wire.readLong(in);
    long lastTopicId = Wire.readLong(in);
    long nextProducerId = Wire.readLong(in);
    int count = Wire.readCount(in, TOPIC_BYTES_MIN);
    List<Topic> topics = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      topics.add(MetadataReply.readTopic(in));
    }
    ClusterMembers members = ClusterMembers.NONE;
    Placement placement = null;
    if (version != VERSION_WITHOUT_PLACEMENT) {
      members = PlacementWire.readMembers(in);
      placement = Wire.readFlag(in) ? PlacementWire.readPlacement(in) : null;
    }
    Wire.readEnd(in);
    return new MetadataSnapshot(
        new TermIndexed(term, index),
        timeMillis,
        viewVersion,
        lastTopicId,
        nextProducerId,
        topics,
        placement,
        members);
  }

  private static int checksum(ByteBuffer file) {
    CRC32C crc = new CRC32C();
    crc.update(file.duplicate().position(HEADER_BYTES));
    return (int) crc.getValue();
  }
}
