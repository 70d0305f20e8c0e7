package dev.funes.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a partition's directory back to what a checkpoint recorded.
 *
 * <p>First everything below the recorded positions is checked, and only then is anything cut or
 * deleted: a log that is refused is left as it was found.
 */
final class LogRecovery {
  private LogRecovery() {}

  static LogView restore(
      Path directory,
      LogSettings settings,
      PartitionCheckpoint checkpoint,
      Verification verification)
      throws IOException {
    List<BatchWalk> walks = new ArrayList<>();
    int count = checkpoint.segments().size();
    for (int i = 0; i < count; i++) {
      long nextOffset =
          i + 1 < count ? checkpoint.segments().get(i + 1).baseOffset() : checkpoint.endOffset();
      boolean checksums = i + 1 == count || verification == Verification.EVERYTHING;
      walks.add(verify(directory, checkpoint.segments().get(i), nextOffset, checksums));
    }
    Files.createDirectories(directory);
    deleteUnlisted(directory, checkpoint);
    return open(directory, settings, checkpoint, walks);
  }

  private static BatchWalk verify(
      Path directory, SegmentPosition recorded, long nextOffset, boolean checksums)
      throws IOException {
    Path file = SegmentFiles.log(directory, recorded.baseOffset());
    if (!Files.exists(file)) {
      throw new CorruptLogException(file, 0, "the file is missing");
    }
    long size = Files.size(file);
    if (size < recorded.positionBytes()) {
      throw new CorruptLogException(
          file, size, "the file ends before byte " + recorded.positionBytes());
    }
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer bytes = map(file, recorded.positionBytes(), arena);
      BatchWalk walk =
          new BatchWalk(bytes, recorded.positionBytes(), recorded.baseOffset(), checksums);
      walk.finish(file);
      if (walk.nextOffset() != nextOffset) {
        throw new CorruptLogException(
            file,
            walk.position(),
            "expected to end before offset " + nextOffset + ", was " + walk.nextOffset());
      }
      if ((int) walk.headersCrc().getValue() != recorded.headersCrc()) {
        throw new CorruptLogException(
            file, 0, "the batch headers up to byte " + walk.position() + " were changed");
      }
      return walk;
    }
  }

  /** What is not in the checkpoint was created after it, or trimmed before it. */
  private static void deleteUnlisted(Path directory, PartitionCheckpoint checkpoint)
      throws IOException {
    Set<Path> listed = new HashSet<>();
    for (SegmentPosition recorded : checkpoint.segments()) {
      Path file = SegmentFiles.log(directory, recorded.baseOffset());
      listed.add(file);
      listed.add(SegmentFiles.indexOf(file));
    }
    for (Path file : SegmentFiles.all(directory)) {
      if (!listed.contains(file)) {
        Files.delete(file);
      }
    }
  }

  private static LogView open(
      Path directory, LogSettings settings, PartitionCheckpoint checkpoint, List<BatchWalk> walks)
      throws IOException {
    List<Segment> segments = new ArrayList<>();
    try {
      for (int i = 0; i < walks.size(); i++) {
        SegmentPosition recorded = checkpoint.segments().get(i);
        Path file = SegmentFiles.log(directory, recorded.baseOffset());
        SegmentFiles.cut(file, recorded.positionBytes());
        segments.add(
            i + 1 < walks.size()
                ? Segment.openSealed(file, recorded, walks.get(i))
                : Segment.reopen(file, settings.segmentBytes(), recorded, walks.get(i)));
      }
    } catch (IOException | RuntimeException | Error e) {
      segments.forEach(Segment::close);
      throw e;
    }
    return view(checkpoint.logStartOffset(), checkpoint.endOffset(), segments);
  }

  /** Everything that is whole from the first segment on; no file is changed. */
  static LogView readOnly(Path directory) throws IOException {
    List<Segment> segments = new ArrayList<>();
    List<Path> files = SegmentFiles.logs(directory);
    long start = files.isEmpty() ? 0 : SegmentFiles.baseOffset(files.getFirst());
    long end = start;
    try {
      for (Path file : files) {
        if (SegmentFiles.baseOffset(file) != end) {
          break; // The segment before it is not whole.
        }
        BatchWalk walk = wholeBatches(file);
        if (walk.position() > 0) {
          segments.add(Segment.openReadOnly(file, walk));
          end = walk.nextOffset();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      segments.forEach(Segment::close);
      throw e;
    }
    return view(start, end, segments);
  }

  private static BatchWalk wholeBatches(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int size = Math.toIntExact(Files.size(file));
      BatchWalk walk =
          new BatchWalk(map(file, size, arena), size, SegmentFiles.baseOffset(file), true);
      while (!walk.atLimit() && walk.problem() == null) {
        walk.advance();
      }
      return walk;
    }
  }

  private static LogView view(long start, long end, List<Segment> segments) {
    return new LogView(
        start, end, List.copyOf(segments), segments.isEmpty() ? 0 : segments.getLast().position());
  }

  private static ByteBuffer map(Path file, int bytes, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, bytes, arena).asByteBuffer();
    }
  }
}
