package dev.funes.benchmarks;

import dev.funes.log.LogSettings;
import dev.funes.log.PartitionLog;
import dev.funes.record.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch into a partition's mapped segment, with its share of rolling to the next segment and of
 * dropping old ones: nothing is forced, as on a node. Segments are small, so that the share is a
 * large one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the method marked Setup before anything else.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBenchmark {
  private static final LogSettings SETTINGS =
      new LogSettings(
          16 << 20,
          LogSettings.SEGMENT_MILLIS_DEFAULT,
          LogSettings.UNLIMITED,
          LogSettings.UNLIMITED);
  private static final int SEGMENTS_KEPT = 2;

  @Param({"1024", "65536", "1048576"})
  int batchBytes;

  private ByteBuffer batch;
  private Path directory;
  private PartitionLog log;

  @Setup
  public void prepare() throws IOException {
    batch = Batches.batch(Compression.NONE, batchBytes, Math.min(1024, batchBytes / 2));
    directory = Directories.create();
    log = PartitionLog.create(directory.resolve("partition"), SETTINGS);
  }

  @Benchmark
  public long append() throws IOException {
    long offset = log.append(batch, 1, 1);
    if (log.segmentCount() > SEGMENTS_KEPT) {
      log.trimBefore(offset);
      log.deleteRetired(log.checkpoint());
    }
    return offset;
  }

  @TearDown
  public void remove() throws IOException {
    log.delete();
    Directories.delete(directory);
  }
}
