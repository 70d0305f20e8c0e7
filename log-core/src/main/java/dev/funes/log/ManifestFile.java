package dev.funes.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of a manifest: magic, version, content, and a CRC-32C over all before it; big-endian.
 */
final class ManifestFile {
  private static final int MAGIC = 0x46554e4d; // "FUNM"
  private static final int VERSION = 1;
  private static final int CRC_BYTES = 4;
  private static final int BYTES_MIN = 8 + CRC_BYTES;

  private ManifestFile() {}

  static ByteBuffer encode(Manifest manifest) {
    try {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeLong(manifest.term());
      out.writeLong(manifest.index());
      out.writeLong(manifest.timeMillis());
      out.writeInt(manifest.partitions().size());
      for (ManifestPartition partition : manifest.partitions()) {
        write(partition, out);
      }
      out.writeInt(crc(bytes.toByteArray(), bytes.size()));
      return ByteBuffer.wrap(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  private static void write(ManifestPartition partition, DataOutputStream out) throws IOException {
    out.writeLong(partition.topicId());
    out.writeInt(partition.partition());
    out.writeUTF(partition.topicName());
    LogSettings settings = partition.settings();
    out.writeInt(settings.segmentBytes());
    out.writeLong(settings.segmentMillis());
    out.writeLong(settings.retentionMillis());
    out.writeLong(settings.retentionBytes());
    PartitionCheckpoint checkpoint = partition.checkpoint();
    out.writeLong(checkpoint.logStartOffset());
    out.writeLong(checkpoint.endOffset());
    out.writeInt(checkpoint.segments().size());
    for (SegmentPosition segment : checkpoint.segments()) {
      out.writeLong(segment.baseOffset());
      out.writeInt(segment.positionBytes());
      out.writeInt(segment.headersCrc());
      out.writeLong(segment.firstAppendMillis());
      out.writeLong(segment.lastAppendMillis());
    }
  }

  /** Throws CorruptLogException when the file is not there or not as it was written. */
  static Manifest read(Path file) throws IOException {
    try {
      return decode(Files.readAllBytes(file), file);
    } catch (NoSuchFileException e) {
      throw new CorruptLogException(file, 0, "the file is missing");
    }
  }

  /** The file is for the messages. */
  static Manifest decode(byte[] bytes, Path file) throws IOException {
    if (bytes.length < BYTES_MIN) {
      throw new CorruptLogException(file, bytes.length, "the file is cut short");
    }
    int content = bytes.length - CRC_BYTES;
    if (ByteBuffer.wrap(bytes).getInt(content) != crc(bytes, content)) {
      throw new CorruptLogException(file, content, "the checksum does not match the manifest");
    }
    var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, content));
    if (in.readInt() != MAGIC) {
      throw new CorruptLogException(file, 0, "this is not a manifest");
    }
    int version = in.readInt();
    if (version != VERSION) {
      throw new IOException(
          "%s has version %d, and this version of Funes reads version %d: upgrade the node"
              .formatted(file, version, VERSION));
    }
    return readContent(in);
  }

  private static Manifest readContent(DataInputStream in) throws IOException {
    long term = in.readLong();
    long index = in.readLong();
    long timeMillis = in.readLong();
    int count = in.readInt();
    List<ManifestPartition> partitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      partitions.add(readPartition(in));
    }
    return new Manifest(term, index, timeMillis, partitions);
  }

  private static ManifestPartition readPartition(DataInputStream in) throws IOException {
    long topicId = in.readLong();
    int partition = in.readInt();
    String topicName = in.readUTF();
    var settings = new LogSettings(in.readInt(), in.readLong(), in.readLong(), in.readLong());
    long startOffset = in.readLong();
    long endOffset = in.readLong();
    int count = in.readInt();
    List<SegmentPosition> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(
          new SegmentPosition(
              in.readLong(), in.readInt(), in.readInt(), in.readLong(), in.readLong()));
    }
    return new ManifestPartition(
        topicId,
        partition,
        topicName,
        settings,
        new PartitionCheckpoint(startOffset, endOffset, segments));
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
