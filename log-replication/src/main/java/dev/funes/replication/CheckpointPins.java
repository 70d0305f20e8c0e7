package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.Checkpoint;
import dev.funes.log.CheckpointStore;
import dev.funes.log.ManifestPartition;
import dev.funes.log.SegmentPosition;
import dev.funes.log.SegmentPrefix;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one data raft group that other nodes are copying. While there is one, nothing
 * that a checkpoint lists is deleted, and the Raft log after the oldest of them is kept, so that
 * who has copied it can go on from there. A node that has not read for a minute is gone.
 */
final class CheckpointPins {

  static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int READ_BYTES = 1 << 20;

  private record Source(Path file, long sizeBytes) {}

  private static final class Pin {
    private final TermIndexed at;
    private final CheckpointListing listing;
    private final Map<String, Source> files;
    private volatile long readNanos;

    Pin(TermIndexed at, CheckpointListing listing, Map<String, Source> files, long nowNanos) {
      this.at = at;
      this.listing = listing;
      this.files = files;
      this.readNanos = nowNanos;
    }
  }

  private final Path directory;
  private final LongSupplier nanos;
  private final TreeMap<Long, Pin> pins = new TreeMap<>(); // guarded by this

  /**
   * @param directory of the raft group
   */
  CheckpointPins(Path directory, LongSupplier nanos) {
    this.directory = directory;
    this.nanos = nanos;
  }

  /** Keeps the newest checkpoint for who wants to copy it; null when there is none. */
  synchronized @Nullable CheckpointListing pin(CheckpointStore store) throws IOException {
    Checkpoint newest = store.newest();
    if (newest == null) {
      return null;
    }
    Pin known = pins.get(newest.manifest().index());
    if (known == null) {
      known = pin(newest);
      pins.put(newest.manifest().index(), known);
    }
    known.readNanos = nanos.getAsLong();
    return known.listing;
  }

  /**
   * Opens a file of a checkpoint that is kept.
   *
   * @throws IOException when it is not kept any more, or has no such file
   */
  synchronized CheckpointReader open(long index, String name, long position) throws IOException {
    dropOld();
    Pin pin = pins.get(index);
    if (pin == null) {
      throw new IOException("the checkpoint of index " + index + " is not kept any more");
    }
    Source source = pin.files.get(name);
    if (source == null) {
      throw new IOException("the checkpoint of index " + index + " has no file " + name);
    }
    pin.readNanos = nanos.getAsLong();
    return new CheckpointReader(
        source.file, position, source.sizeBytes, () -> pin.readNanos = nanos.getAsLong());
  }

  /** Runs something that deletes, unless somebody copies; then the next checkpoint will do it. */
  synchronized void deleteUnlessPinned(Deletion deletion) throws IOException {
    dropOld();
    if (pins.isEmpty()) {
      deletion.run();
    }
  }

  interface Deletion {
    void run() throws IOException;
  }

  /** The bound, or the oldest checkpoint that is kept, when that is before it. */
  synchronized TermIndexed oldest(TermIndexed bound) {
    dropOld();
    Map.Entry<Long, Pin> oldest = pins.firstEntry();
    return oldest == null || oldest.getKey() > bound.index() ? bound : oldest.getValue().at;
  }

  private void dropOld() {
    long now = nanos.getAsLong();
    pins.values().removeIf(pin -> now - pin.readNanos > LEASE_NANOS);
  }

  private Pin pin(Checkpoint checkpoint) throws IOException {
    Map<String, Source> files = new HashMap<>();
    List<CheckpointFile> state = new ArrayList<>();
    for (Path file : Disk.list(checkpoint.directory().resolve(Checkpointer.STATE))) {
      String name = Checkpointer.STATE + "/" + file.getFileName();
      long size = Files.size(file);
      files.put(name, new Source(file, size));
      state.add(new CheckpointFile(name, size, crc(file)));
    }
    PartitionFiles partitions = new PartitionFiles(directory.resolve(PartitionFiles.DIRECTORY));
    for (ManifestPartition each : checkpoint.manifest().partitions()) {
      Path partition =
          partitions.directory(new PartitionId(each.topicId(), each.partition()), each.topicName());
      for (SegmentPosition segment : each.checkpoint().segments()) {
        Path file = SegmentPrefix.file(partition, segment.baseOffset());
        files.put(PartitionFiles.name(file), new Source(file, segment.positionBytes()));
      }
    }
    long term = checkpoint.manifest().term();
    long index = checkpoint.manifest().index();
    ByteBuffer manifest =
        ByteBuffer.wrap(
            Files.readAllBytes(checkpoint.directory().resolve(CheckpointStore.MANIFEST)));
    return new Pin(
        new TermIndexed(term, index),
        new CheckpointListing(term, index, manifest.asReadOnlyBuffer(), state),
        files,
        nanos.getAsLong());
  }

  /** CRC-32C over a whole file. */
  static int crc(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
      while (channel.read(bytes.clear()) >= 0) {
        crc.update(bytes.flip());
      }
    }
    return (int) crc.getValue();
  }
}
