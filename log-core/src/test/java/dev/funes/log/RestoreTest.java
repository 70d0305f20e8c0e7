package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.funes.log.SegmentDump.Finding;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small log of two segments, a checkpoint, and batches after it; then every byte of it is cut off
 * or changed, one at a time.
 */
class RestoreTest {
  private static final long SEGMENT_MILLIS = 1000;
  private static final LogSettings SETTINGS =
      new LogSettings(1 << 20, SEGMENT_MILLIS, LogSettings.UNLIMITED, LogSettings.UNLIMITED);

  @TempDir Path parent;

  private Path original;
  private PartitionCheckpoint checkpoint = PartitionCheckpoint.EMPTY;
  private Digest atCheckpoint = new Digest("");
  private Digest atEnd = new Digest("");
  private int cases;

  @BeforeEach
  void write() throws IOException {
    original = parent.resolve("original");
    try (PartitionLog log = PartitionLog.create(original, SETTINGS)) {
      log.append(Batches.of(1, "alpha", "beta"), 3, 0);
      log.append(Batches.of(2, "gamma"), 3, 0);
      log.append(Batches.of(3, "delta"), 4, SEGMENT_MILLIS);
      checkpoint = log.checkpoint();
      atCheckpoint = log.digest();
      appendTheRest(log);
      atEnd = log.digest();
    }
    for (Path file : SegmentFiles.logs(original)) {
      SegmentFiles.cut(file, 400); // Behind every batch; a whole MiB of zeros has no more to show.
    }
  }

  private static void appendTheRest(PartitionLog log) throws IOException {
    log.append(Batches.of(4, "epsilon"), 4, SEGMENT_MILLIS);
    log.append(Batches.of(5, "zeta"), 5, 2 * SEGMENT_MILLIS);
  }

  @Test
  void goesBackToTheCheckpointAndOnToTheSameBytes() throws IOException {
    assertHeals(copy());
  }

  @Test
  void restoresTwiceToTheSame() throws IOException {
    Path directory = copy();
    for (int i = 0; i < 2; i++) {
      try (PartitionLog log = PartitionLog.restore(directory, SETTINGS, checkpoint)) {
        assertThat(log.checkpoint()).isEqualTo(checkpoint);
        assertThat(log.digest()).isEqualTo(atCheckpoint);
      }
    }
  }

  @Test
  void healsWhateverHappenedToTheBytesAfterTheCheckpoint() throws IOException {
    SegmentPosition active = checkpoint.segments().getLast();
    Path file = SegmentFiles.log(original, active.baseOffset());
    for (int at = active.positionBytes(); at < Files.size(file); at++) {
      Path flipped = copy();
      flip(SegmentFiles.log(flipped, active.baseOffset()), at);
      assertHeals(flipped);
      Path cut = copy();
      SegmentFiles.cut(SegmentFiles.log(cut, active.baseOffset()), at);
      assertHeals(cut);
    }
    Path segmentAfter = SegmentFiles.log(original, 5);
    assertThat(segmentAfter).exists();
    for (int size = 0; size < 200; size += 13) {
      Path cut = copy();
      SegmentFiles.cut(SegmentFiles.log(cut, 5), size);
      assertHeals(cut);
    }
  }

  private void assertHeals(Path directory) throws IOException {
    try (PartitionLog log = PartitionLog.restore(directory, SETTINGS, checkpoint)) {
      assertThat(log.digest()).isEqualTo(atCheckpoint);
      appendTheRest(log);
      assertThat(log.digest()).isEqualTo(atEnd);
    }
    SegmentFiles.deleteTree(directory);
  }

  @Test
  void refusesEveryChangedByteBeforeTheCheckpointAndNamesFileAndPosition() throws IOException {
    for (SegmentPosition segment : checkpoint.segments()) {
      for (int at = 0; at < segment.positionBytes(); at++) {
        Path directory = copy();
        Path file = SegmentFiles.log(directory, segment.baseOffset());
        flip(file, at, 1 << at % Byte.SIZE);
        assertRefused(directory, file, at, Verification.EVERYTHING);
      }
    }
  }

  @Test
  void refusesEveryChangedHeaderOfASealedSegmentWithoutReadingAllOfIt() throws IOException {
    Path directory = copy();
    Path file = SegmentFiles.log(directory, 0);
    for (int at = 0; at < BatchWalk.PREFIX_BYTES; at++) {
      flip(file, at);
      assertThat(refusal(directory, Verification.HEADERS).file()).as("byte %d", at).isEqualTo(file);
      flip(file, at);
    }
  }

  @Test
  void refusesEveryFileThatIsShorterThanTheCheckpointSays() throws IOException {
    for (SegmentPosition segment : checkpoint.segments()) {
      for (int size = 0; size < segment.positionBytes(); size++) {
        Path directory = copy();
        Path file = SegmentFiles.log(directory, segment.baseOffset());
        SegmentFiles.cut(file, size);
        assertRefused(directory, file, size, Verification.HEADERS);
      }
    }
  }

  @Test
  void leavesALogThatItRefusesAsItWas() throws IOException {
    Files.delete(SegmentFiles.log(original, 0));
    List<Path> before = SegmentFiles.all(original);

    assertThat(refusal(original, Verification.HEADERS)).hasMessageContaining("missing");

    assertThat(SegmentFiles.all(original)).containsExactlyInAnyOrderElementsOf(before);
  }

  /**
   * The position is that of the damaged batch, or of the header chain when only the chain shows it.
   */
  private void assertRefused(Path directory, Path file, int at, Verification verification)
      throws IOException {
    CorruptLogException refusal = refusal(directory, verification);
    assertThat(refusal.file()).as("byte %d", at).isEqualTo(file);
    assertThat(refusal.position()).as("byte %d", at).isBetween(0L, (long) at);
    assertThat(refusal).hasMessageContaining(file.toString());
    SegmentFiles.deleteTree(directory);
  }

  private CorruptLogException refusal(Path directory, Verification verification) {
    return catchThrowableOfType(
        CorruptLogException.class,
        () ->
            PartitionLog.restore(
                    directory,
                    SETTINGS,
                    checkpoint,
                    verification,
                    BatchWriter.TO_CHANNEL,
                    new OpenFiles(1))
                .close());
  }

  @Test
  void rebuildsAnIndexThatIsMissingOrDamaged() throws IOException {
    Path index = SegmentFiles.indexOf(SegmentFiles.log(original, 0));
    byte[] right = Files.readAllBytes(index);
    for (int at = -1; at < right.length; at++) {
      if (at < 0) {
        Files.delete(index);
      } else {
        flip(index, at);
      }
      try (PartitionLog log = PartitionLog.restore(original, SETTINGS, checkpoint)) {
        assertThat(log.fetch(0, 1)).isInstanceOf(PartitionLog.Fetch.Batches.class);
      }
      assertThat(Files.readAllBytes(index)).as("byte %d", at).isEqualTo(right);
    }
  }

  @Test
  void showsEveryBatchAndWhereDamageBegins() throws IOException {
    assertThat(findings(original))
        .extracting(finding -> finding.getClass().getSimpleName())
        .containsExactly("Whole", "Whole", "Whole", "Whole", "Whole");

    try (RandomAccessFile last =
        new RandomAccessFile(SegmentFiles.logs(original).getLast().toFile(), "rw")) {
      last.setLength(last.length() + 100_001); // As a crash leaves it while it is mapped.
    }
    assertThat(findings(original).getLast()).isInstanceOf(Finding.Unused.class);

    Path file = SegmentFiles.log(original, 0);
    flip(file, 70);

    List<Finding> damaged = findings(file);
    assertThat(damaged).singleElement().isInstanceOf(Finding.Damaged.class);
    assertThat(findings(original).get(1))
        .as("the next segment does not go on where the whole batches ended")
        .isInstanceOf(Finding.Damaged.class);
  }

  private static List<Finding> findings(Path path) throws IOException {
    List<Finding> findings = new ArrayList<>();
    SegmentDump.walk(path, findings::add);
    return findings;
  }

  @Test
  void refusesToDumpAFileThatIsNoSegment() throws IOException {
    Path other = Files.createFile(parent.resolve("manifest"));
    assertThatThrownBy(() -> SegmentDump.walk(other, finding -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Path copy() throws IOException {
    Path directory = Files.createDirectory(parent.resolve("case-" + cases++));
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    return directory;
  }

  private static void flip(Path file, int at) throws IOException {
    flip(file, at, 0x10);
  }

  private static void flip(Path file, int at, int mask) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= (byte) mask;
    Files.write(file, bytes);
  }
}
