package dev.funes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one raft group on disk, one directory for each, named by its Raft index.
 *
 * <p>A checkpoint is put together in a directory that ends in {@code .tmp} and gets its name by one
 * rename, after everything in it was synced: a crash at any step leaves the checkpoint before it or
 * this one, each whole. A named checkpoint that is damaged is therefore no torn write but
 * corruption, and is refused; there may be no other way forward from an older one, because the Raft
 * log was purged up to it. One thread at a time.
 */
public final class CheckpointStore {
  /** The file in a checkpoint's directory that says what it holds. */
  public static final String MANIFEST = "manifest";

  private static final String TEMPORARY = ".tmp";

  private final Path checkpoints;
  private final Steps steps;

  /** Is told of every step before it is taken; a test makes the node crash there. */
  @FunctionalInterface
  interface Steps {
    void before(String step) throws IOException;
  }

  /** The store in a directory, which is created when the first checkpoint is. */
  public CheckpointStore(Path checkpointsDirectory) {
    this(checkpointsDirectory, step -> {});
  }

  CheckpointStore(Path checkpointsDirectory, Steps steps) {
    this.checkpoints = checkpointsDirectory;
    this.steps = steps;
  }

  /**
   * An empty directory for the next checkpoint. What the caller puts in becomes part of it; the
   * name {@code manifest} is taken.
   */
  public Path prepare(long index) throws IOException {
    Path temporary = temporary(index);
    steps.before("delete what a crash left");
    SegmentFiles.deleteTree(temporary);
    steps.before("create the directory");
    Files.createDirectories(temporary);
    return temporary;
  }

  /**
   * Makes the checkpoint that was prepared durable, together with everything that lies in its
   * directory.
   */
  public void commit(long index, Manifest manifest) throws IOException {
    if (manifest.index() != index) {
      throw new IllegalArgumentException(
          "expected a manifest of index " + index + ", was " + manifest.index());
    }
    Path temporary = temporary(index);
    if (Files.exists(directory(index))) {
      // What is applied up to an index never differs, so the one that is there already will do.
      steps.before("drop the second checkpoint of an index");
      SegmentFiles.deleteTree(temporary);
      return;
    }
    Path unnamed = temporary.resolve(MANIFEST + TEMPORARY);
    steps.before("write the manifest");
    write(unnamed, ManifestFile.encode(manifest));
    steps.before("name the manifest");
    Files.move(unnamed, temporary.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
    steps.before("sync the content");
    syncTree(temporary);
    steps.before("name the checkpoint");
    Files.move(temporary, directory(index), StandardCopyOption.ATOMIC_MOVE);
    steps.before("sync the name");
    SegmentFiles.syncDirectory(checkpoints);
    steps.before("sync the directory's own name");
    Path parent = checkpoints.toAbsolutePath().getParent();
    if (parent != null) {
      SegmentFiles.syncDirectory(parent);
    }
    steps.before("end");
  }

  /**
   * The checkpoint with the highest index; null when there is none.
   *
   * @throws CorruptLogException when its manifest is damaged or missing
   */
  public @Nullable Checkpoint newest() throws IOException {
    List<Long> indexes = indexes();
    if (indexes.isEmpty()) {
      return null;
    }
    Path directory = directory(indexes.getLast());
    return new Checkpoint(ManifestFile.read(directory.resolve(MANIFEST)), directory);
  }

  /**
   * Reads a manifest that lies anywhere.
   *
   * @throws CorruptLogException when it is damaged or missing
   */
  public static Manifest manifest(Path file) throws IOException {
    return ManifestFile.read(file);
  }

  /** Where a checkpoint of this index lies, or would. */
  public Path directoryOf(long index) {
    return directory(index);
  }

  /** Deletes the checkpoints below an index, and what a crash left unfinished below it. */
  public void deleteOlderThan(long index) throws IOException {
    for (long older : indexes()) {
      if (older < index) {
        // Renamed first: half a checkpoint must not have the name of a whole one.
        steps.before("unname checkpoint " + older);
        SegmentFiles.deleteTree(temporary(older));
        Files.move(directory(older), temporary(older), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    for (Path left : list(TEMPORARY)) {
      if (indexOf(left) < index) {
        steps.before("delete " + left.getFileName());
        SegmentFiles.deleteTree(left);
      }
    }
  }

  /** Of the checkpoints that have their name, in order. */
  private List<Long> indexes() throws IOException {
    return list("").stream().map(CheckpointStore::indexOf).sorted().toList();
  }

  private List<Path> list(String suffix) throws IOException {
    if (!Files.exists(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(checkpoints)) {
      return all.filter(path -> path.getFileName().toString().matches("\\d{1,19}" + suffix))
          .toList();
    }
  }

  private static long indexOf(Path directory) {
    return Long.parseLong(directory.getFileName().toString().replace(TEMPORARY, ""));
  }

  private Path directory(long index) {
    return checkpoints.resolve(Long.toString(index));
  }

  private Path temporary(long index) {
    return checkpoints.resolve(index + TEMPORARY);
  }

  private static void write(Path file, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** Files first, then the directories that name them. */
  private static void syncTree(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }
}
