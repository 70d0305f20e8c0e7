package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.log.PartitionLog.Fetch;
import dev.funes.log.PartitionLog.TimestampHit;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionLogTest {
  private static final int MIB = 1 << 20;
  private static final long SEGMENT_MILLIS = 1000;
  private static final LogSettings SMALL =
      new LogSettings(MIB, SEGMENT_MILLIS, LogSettings.UNLIMITED, LogSettings.UNLIMITED);

  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("orders-0.1");
  }

  @Test
  void keepsAnEmptyPartitionWithoutAFile() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      assertThat(files()).isEmpty();
      assertThat(log.fetch(0, MIB)).isEqualTo(new Fetch.AtEnd(0));
      assertThat(log.fetch(1, MIB)).isEqualTo(new Fetch.BeyondEnd(0));
      assertThat(log.findByTimestamp(0)).isNull();
      assertThat(log.checkpoint()).isEqualTo(PartitionCheckpoint.EMPTY);
      log.force();
    }
  }

  @Test
  void answersWithTheBytesThatWereAppendedAndItsOwnOffsetAndEpoch() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      assertThat(log.append(Batches.of(5, "a", "b"), 7, 0)).isZero();
      assertThat(log.append(Batches.of(6, "c"), 8, 0)).isEqualTo(2);

      Fetch.Batches fetched = (Fetch.Batches) log.fetch(0, MIB);
      List<RecordBatch> batches = RecordBatch.split(fetched.bytes());

      assertThat(fetched.firstOffset()).isZero();
      assertThat(fetched.nextOffset()).isEqualTo(3);
      assertThat(batches).hasSize(2).allMatch(RecordBatch::crcMatches);
      assertThat(batches.get(0).leaderEpoch()).isEqualTo(7);
      assertThat(batches.get(1).leaderEpoch()).isEqualTo(8);
      assertThat(batches.get(1).baseOffset()).isEqualTo(2);
      assertThat(batches.get(1).records(MIB)).extracting(LogRecord::offset).containsExactly(2L);
      assertThat(fetched.bytes().isReadOnly()).isTrue();
    }
  }

  @Test
  void leavesTheBatchThatIsAppendedAsItWas() throws IOException {
    ByteBuffer batch = Batches.of(5, "a");
    ByteBuffer before = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();

    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(batch, 7, 0);
      log.append(batch, 7, 0);
    }

    assertThat(batch).isEqualTo(before);
  }

  @Test
  void startsWithTheBatchThatHoldsTheOffsetAndStaysWithinTheBytesAskedFor() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      int size = Batches.of(0, "aa", "bb").remaining();
      for (int i = 0; i < 500; i++) {
        log.append(Batches.of(i, "aa", "bb"), 1, 0);
      }

      for (long offset = 0; offset < 1000; offset++) {
        long base = offset / 2 * 2;
        for (int batches : new int[] {0, 1, 3, 80}) {
          Fetch.Batches fetched = (Fetch.Batches) log.fetch(offset, batches * size + size - 1);
          long expected = Math.min(Math.max(1, batches), (1000 - base) / 2);
          assertThat(fetched.firstOffset()).isEqualTo(base);
          assertThat(fetched.bytes().remaining()).isEqualTo((int) expected * size);
          assertThat(fetched.nextOffset()).isEqualTo(base + 2 * expected);
        }
      }
    }
  }

  @Test
  void givesABatchLargerThanASegmentASegmentOfItsOwn() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.of(1, "small"), 1, 0);
      log.append(Batches.ofBytes(1, 3 * MIB), 1, 0);
      log.append(Batches.of(1, "small"), 1, 0);

      assertThat(log.segmentCount()).isEqualTo(3);
      assertThat(((Fetch.Batches) log.fetch(1, 10)).bytes().remaining()).isGreaterThan(3 * MIB);
      assertThat(((Fetch.Batches) log.fetch(2, 10)).firstOffset()).isEqualTo(2);
    }
  }

  @Test
  void rollsBySizeAndByAge() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.ofBytes(1, MIB / 2), 1, 0);
      log.append(Batches.ofBytes(1, MIB / 4), 1, SEGMENT_MILLIS - 1);
      assertThat(log.segmentCount()).isEqualTo(1);

      log.append(Batches.ofBytes(1, MIB / 2), 1, SEGMENT_MILLIS - 1);
      assertThat(log.segmentCount()).as("by size").isEqualTo(2);

      log.append(Batches.of(1, "a"), 1, 2 * SEGMENT_MILLIS - 1);
      assertThat(log.segmentCount()).as("by age").isEqualTo(3);
    }
  }

  @Test
  void takesLittleSpaceForAPartitionWithLittleInIt() throws Exception {
    LogSettings large = LogSettings.DEFAULTS;
    try (PartitionLog log = PartitionLog.create(directory(), large)) {
      log.append(Batches.of(1, "a"), 1, 0);
      log.force();

      Path file = files().getFirst();
      assertThat(blocksOf(file) * 512).isLessThanOrEqualTo(128 << 10);
    }
  }

  private static long blocksOf(Path file) throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    try (var out = stat.inputReader()) {
      return Long.parseLong(out.readLine());
    }
  }

  @Test
  void publishesNothingWhenTheDiskIsFull() throws IOException {
    boolean[] full = {false};
    BatchWriter writer =
        (channel, parts) -> {
          if (full[0]) {
            channel.write(parts[0]); // As a disk does on which a part of it has found room.
            throw new IOException("no space left on device");
          }
          BatchWriter.TO_CHANNEL.write(channel, parts);
        };
    try (PartitionLog log =
        PartitionLog.restore(
            directory(),
            SMALL,
            PartitionCheckpoint.EMPTY,
            Verification.HEADERS,
            writer,
            new OpenFiles(1))) {
      log.append(Batches.of(1, "a"), 1, 0);
      full[0] = true;

      assertThatThrownBy(() -> log.append(Batches.ofBytes(1, MIB / 2), 1, 0))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> log.append(Batches.of(1, "b"), 1, SEGMENT_MILLIS))
          .as("at the roll")
          .isInstanceOf(IOException.class);

      assertThat(log.endOffset()).isEqualTo(1);
      assertThat(files()).filteredOn(file -> file.toString().endsWith(".log")).hasSize(1);

      full[0] = false;
      log.append(Batches.of(1, "c"), 1, 0);
      Fetch.Batches fetched = (Fetch.Batches) log.fetch(0, MIB);
      assertThat(RecordBatch.split(fetched.bytes()))
          .extracting(RecordBatch::baseOffset)
          .containsExactly(0L, 1L);
    }
  }

  @Test
  void trimsToExactlyTheOffsetAndDeletesFilesOnlyAfterADurableCheckpoint() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      for (int i = 0; i < 5; i++) {
        log.append(Batches.of(i, "a", "b"), 1, i * SEGMENT_MILLIS);
      }
      PartitionCheckpoint before = log.checkpoint();

      log.trimBefore(5);

      assertThat(log.logStartOffset()).isEqualTo(5);
      assertThat(log.segmentCount()).isEqualTo(3);
      assertThat(log.fetch(4, MIB)).isEqualTo(new Fetch.BelowStart(5));
      assertThat(((Fetch.Batches) log.fetch(5, MIB)).firstOffset()).isEqualTo(4);
      log.deleteRetired(before);
      assertThat(logFiles()).hasSize(5);
      log.deleteRetired(log.checkpoint());
      assertThat(logFiles()).hasSize(3);
      log.trimBefore(3);
      assertThat(log.logStartOffset()).as("never back").isEqualTo(5);
    }
  }

  @Test
  void goesOnAfterEverythingWasTrimmed() throws IOException {
    PartitionCheckpoint empty;
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.of(1, "a", "b"), 1, 0);
      log.trimBefore(100);
      assertThat(log.logStartOffset()).isEqualTo(2);
      assertThat(log.fetch(2, MIB)).isEqualTo(new Fetch.AtEnd(2));

      empty = log.checkpoint();
      assertThat(log.append(Batches.of(1, "c"), 1, 0)).isEqualTo(2);
      assertThat(((Fetch.Batches) log.fetch(2, MIB)).nextOffset()).isEqualTo(3);
    }

    try (PartitionLog restored = PartitionLog.restore(directory(), SMALL, empty)) {
      assertThat(restored.logStartOffset()).isEqualTo(2);
      assertThat(restored.endOffset()).isEqualTo(2);
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void findsTheFirstRecordAtOrAfterATime() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.at(10, 30, 20), 1, 0);
      log.append(Batches.at(25), 1, 0);
      log.append(Batches.at(40, 50), 1, SEGMENT_MILLIS);
      log.append(Batches.at(45), 1, SEGMENT_MILLIS);

      assertThat(log.findByTimestamp(0)).isEqualTo(new TimestampHit(0, 10));
      assertThat(log.findByTimestamp(11)).isEqualTo(new TimestampHit(1, 30));
      assertThat(log.findByTimestamp(31)).isEqualTo(new TimestampHit(4, 40));
      assertThat(log.findByTimestamp(41)).isEqualTo(new TimestampHit(5, 50));
      assertThat(log.findByTimestamp(51)).isNull();

      log.trimBefore(2);
      assertThat(log.findByTimestamp(0)).isEqualTo(new TimestampHit(2, 20));
      assertThat(log.findByTimestamp(21)).isEqualTo(new TimestampHit(3, 25));
      assertThat(log.findByTimestamp(26)).isEqualTo(new TimestampHit(4, 40));
    }
  }

  @Test
  void findsTimesThroughTheIndexOfManyBatches() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      for (int i = 0; i < 3000; i++) {
        log.append(Batches.of(10L * i, "value " + i), 1, i);
      }
      for (int i = 0; i < 3000; i += 7) {
        assertThat(log.findByTimestamp(10L * i - 3)).isEqualTo(new TimestampHit(i, 10L * i));
      }
    }
  }

  @Test
  void dropsWhatIsTooOldOrTooMuchInWholeSegments() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      for (int i = 0; i < 5; i++) {
        log.append(Batches.ofBytes(0, 100_000), 1, i * SEGMENT_MILLIS);
      }
      long now = 4 * SEGMENT_MILLIS;
      assertThat(log.retentionStart(now)).as("unlimited").isZero();

      log.alter(new LogSettings(MIB, SEGMENT_MILLIS, 2 * SEGMENT_MILLIS, LogSettings.UNLIMITED));
      assertThat(log.retentionStart(now)).isEqualTo(2);
      assertThat(log.retentionStart(now + SEGMENT_MILLIS)).isEqualTo(3);
      assertThat(log.retentionStart(Long.MAX_VALUE / 2)).as("idle for long").isEqualTo(5);

      log.alter(new LogSettings(MIB, SEGMENT_MILLIS, LogSettings.UNLIMITED, 250_000));
      assertThat(log.retentionStart(now)).isEqualTo(2);
      log.alter(new LogSettings(MIB, SEGMENT_MILLIS, LogSettings.UNLIMITED, 0));
      assertThat(log.retentionStart(now)).as("never the active one").isEqualTo(4);
    }
  }

  @Test
  void givesTheSameDigestForTheSameBatchesHoweverTheyAreCutIntoSegments() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL);
        PartitionLog peer = PartitionLog.create(parent.resolve("peer"), SMALL)) {
      for (int i = 0; i < 5; i++) {
        log.append(Batches.of(i, "a", "b"), 1, i * SEGMENT_MILLIS);
        peer.append(Batches.of(i, "a", "b"), 1, 0);
      }
      assertThat(peer.digest()).isEqualTo(log.digest());

      log.trimBefore(5);
      assertThat(peer.digest()).isNotEqualTo(log.digest());
      peer.trimBefore(5);
      assertThat(peer.digest()).isEqualTo(log.digest());
    }
  }

  @Test
  void tellsListenersOfEveryAppend() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      List<Long> seen = new ArrayList<>();
      Runnable listener = () -> seen.add(log.endOffset());
      log.addListener(listener);
      log.append(Batches.of(1, "a"), 1, 0);
      log.append(Batches.of(1, "b", "c"), 1, 0);
      log.removeListener(listener);
      log.append(Batches.of(1, "d"), 1, 0);

      assertThat(seen).containsExactly(1L, 3L);
    }
  }

  @Test
  void failsALateReaderOfADeletedSegmentWithAnExceptionAndAnswersItsNextFetch() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.of(1, "a"), 1, 0);
      log.append(Batches.of(1, "b"), 1, SEGMENT_MILLIS);
      Fetch.Batches held = (Fetch.Batches) log.fetch(0, MIB);
      log.trimBefore(1);
      assertThat(held.bytes().get(0)).as("hidden, still mapped").isZero();

      log.deleteRetired(log.checkpoint());

      assertThatThrownBy(() -> held.bytes().get(0)).isInstanceOf(IllegalStateException.class);
      assertThat(log.fetch(0, MIB)).isEqualTo(new Fetch.BelowStart(1));
    }
  }

  @Test
  void neverCallsAForceASuccessAfterOneHasFailed() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.of(1, "a"), 1, 0);
      SegmentFiles.deleteTree(directory());
      assertThatThrownBy(log::force).isInstanceOf(IOException.class);

      Files.createDirectory(directory());

      assertThatThrownBy(log::force).isInstanceOf(IOException.class).hasMessageContaining("before");
    }
  }

  @Test
  void answersReadersOfAClosedLogAndRemovesTheDirectory() throws IOException {
    PartitionLog log = PartitionLog.create(directory(), SMALL);
    log.append(Batches.of(1, "a"), 1, 0);
    log.delete();

    assertThat(log.fetch(0, MIB)).isEqualTo(new Fetch.BelowStart(1));
    assertThat(directory()).doesNotExist();
  }

  @Test
  void readsOfflineWhatIsWholeAndWritesNothing() throws IOException {
    try (PartitionLog log = PartitionLog.create(directory(), SMALL)) {
      log.append(Batches.of(1, "a"), 1, 0);
      log.append(Batches.of(1, "b"), 1, SEGMENT_MILLIS);
      log.append(Batches.of(1, "c"), 1, SEGMENT_MILLIS);
    }
    List<Path> before = files();

    try (PartitionLog log = PartitionLog.openReadOnly(directory())) {
      assertThat(log.logStartOffset()).isZero();
      assertThat(log.endOffset()).isEqualTo(3);
      assertThat(((Fetch.Batches) log.fetch(2, MIB)).nextOffset()).isEqualTo(3);
      assertThatThrownBy(() -> log.append(Batches.of(1, "d"), 1, 0))
          .isInstanceOf(IllegalStateException.class);
    }

    assertThat(files()).isEqualTo(before);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.sorted().toList();
    }
  }

  private List<Path> logFiles() throws IOException {
    return SegmentFiles.logs(directory());
  }
}
