package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.log.PartitionLog.Fetch;
import dev.funes.log.PartitionLog.TimestampHit;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on a log and on a list of records, which must always agree. A failure names the
 * seed; run it again with {@code -Dfunes.seed=}.
 */
class PartitionLogModelTest {
  private static final int RUNS = 8;
  private static final int STEPS = 400;

  @TempDir Path parent;

  @Test
  void agreesWithAListOfRecords() throws IOException {
    Long given = Long.getLong("funes.seed");
    for (int run = 0; run < (given == null ? RUNS : 1); run++) {
      long seed = given == null ? System.nanoTime() + run : given;
      System.out.println("funes.seed=" + seed);
      try (Run random = new Run(parent.resolve("run-" + run), seed)) {
        for (int step = 0; step < STEPS; step++) {
          random.step();
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("run again with -Dfunes.seed=" + seed, e);
      }
    }
  }

  private record Written(long offset, long baseOffset, long nextOffset, long timestampMillis) {}

  /** What a log must answer with. */
  private record Model(List<Written> records, long startOffset, long endOffset) {}

  private static final class Run implements AutoCloseable {
    private static final LogSettings SETTINGS = new LogSettings(1 << 20, 1000, 20_000, 3_000_000);

    private final Path directory;
    private final Random random;
    private PartitionLog log;
    private long nowMillis = 1_000_000;
    private Model model = new Model(List.of(), 0, 0);
    private Model durable = model;
    private PartitionCheckpoint checkpoint = PartitionCheckpoint.EMPTY;
    private boolean committed;

    Run(Path directory, long seed) throws IOException {
      this.directory = directory;
      this.random = new Random(seed);
      this.log = PartitionLog.create(directory, SETTINGS);
    }

    void step() throws IOException {
      nowMillis += random.nextInt(200);
      switch (random.nextInt(20)) {
        case 0 -> trim(model.startOffset + random.nextInt(40));
        case 1 -> trim(log.retentionStart(nowMillis));
        case 2 -> checkpoint();
        case 3 -> log.deleteRetired(checkpoint);
        case 4 -> crash();
        case 5, 6, 7 -> fetch();
        case 8 -> find();
        default -> append();
      }
      assertThat(log.logStartOffset()).isEqualTo(model.startOffset);
      assertThat(log.endOffset()).isEqualTo(model.endOffset);
    }

    private void append() throws IOException {
      long[] timestamps = new long[1 + random.nextInt(5)];
      for (int i = 0; i < timestamps.length; i++) {
        timestamps[i] = nowMillis - random.nextInt(500);
      }
      int padding = random.nextInt(10) == 0 ? random.nextInt(400_000) : 0;
      List<Written> records = new ArrayList<>(model.records);
      long base = model.endOffset;
      if (padding > 0) {
        assertThat(log.append(Batches.ofBytes(timestamps[0], padding), 1, nowMillis))
            .isEqualTo(base);
        records.add(new Written(base, base, base + 1, timestamps[0]));
        model = new Model(records, model.startOffset, base + 1);
        return;
      }
      assertThat(log.append(Batches.at(timestamps), 1, nowMillis)).isEqualTo(base);
      long next = base + timestamps.length;
      for (int i = 0; i < timestamps.length; i++) {
        records.add(new Written(base + i, base, next, timestamps[i]));
      }
      model = new Model(records, model.startOffset, next);
    }

    private void trim(long offset) throws IOException {
      log.trimBefore(offset);
      long start = Math.max(model.startOffset, Math.min(offset, model.endOffset));
      model = new Model(model.records, start, model.endOffset);
    }

    private void checkpoint() throws IOException {
      PartitionCheckpoint taken = log.checkpoint();
      log.force();
      checkpoint = taken;
      durable = model;
      committed = true;
    }

    /** Anything may be in the files beyond the checkpoint. */
    private void crash() throws IOException {
      if (!committed) {
        return;
      }
      log.close();
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          damageBeyondTheCheckpoint(file);
        }
      }
      Verification[] levels = Verification.values();
      log =
          PartitionLog.restore(
              directory,
              SETTINGS,
              checkpoint,
              levels[random.nextInt(levels.length)],
              BatchWriter.TO_CHANNEL,
              new OpenFiles(1, random.nextBoolean() ? 0 : OpenFiles.CHECK_AGE_MILLIS_DEFAULT));
      model = durable;
      assertThat(log.checkpoint()).isEqualTo(checkpoint);
    }

    private void damageBeyondTheCheckpoint(Path file) throws IOException {
      long keep =
          checkpoint.segments().stream()
              .filter(segment -> SegmentFiles.log(directory, segment.baseOffset()).equals(file))
              .mapToLong(SegmentPosition::positionBytes)
              .findAny()
              .orElse(0);
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        long size = bytes.length();
        if (random.nextBoolean()) {
          bytes.setLength(keep + random.nextLong(size - keep + 1));
        } else if (size > keep) {
          bytes.seek(keep + random.nextLong(size - keep));
          bytes.write(random.nextInt(256));
        }
      }
    }

    private void fetch() {
      long offset =
          model.startOffset - 2 + random.nextLong(model.endOffset - model.startOffset + 5);
      switch (log.fetch(offset, 1 + random.nextInt(5000))) {
        case Fetch.BelowStart(long start) -> {
          assertThat(offset).isLessThan(model.startOffset);
          assertThat(start).isEqualTo(model.startOffset);
        }
        case Fetch.AtEnd(long end) -> assertThat(offset).isEqualTo(end).isEqualTo(model.endOffset);
        case Fetch.BeyondEnd(long end) -> {
          assertThat(end).isEqualTo(model.endOffset);
          assertThat(offset).isGreaterThan(end);
        }
        case Fetch.Batches fetched -> assertFetched(offset, fetched);
        case Fetch.Damaged(Damage damage) -> throw new AssertionError(damage.toString());
      }
    }

    private void assertFetched(long offset, Fetch.Batches fetched) {
      assertThat(offset).isBetween(model.startOffset, model.endOffset - 1);
      assertThat(fetched.firstOffset()).isEqualTo(written(offset).baseOffset);
      long expected = fetched.firstOffset();
      for (RecordBatch batch : RecordBatch.split(fetched.bytes())) {
        assertThat(batch.baseOffset()).isEqualTo(expected);
        for (LogRecord record : batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)) {
          assertThat(record.offset()).isEqualTo(expected);
          assertThat(record.timestampMillis()).isEqualTo(written(expected).timestampMillis);
          expected++;
        }
      }
      assertThat(fetched.nextOffset()).isEqualTo(expected);
      assertThat(expected).isGreaterThan(offset).isLessThanOrEqualTo(model.endOffset);
    }

    /** Offsets are dense from 0, so the list is its own index. */
    private Written written(long offset) {
      return model.records.get((int) offset);
    }

    private void find() {
      long timestamp = nowMillis - random.nextInt(20_000);
      TimestampHit hit = log.findByTimestamp(timestamp);
      var expected =
          model.records.stream()
              .filter(record -> record.offset >= model.startOffset)
              .filter(record -> record.timestampMillis >= timestamp)
              .findFirst()
              .map(record -> new TimestampHit(record.offset, record.timestampMillis));
      assertThat(hit).isEqualTo(expected.orElse(null));
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
