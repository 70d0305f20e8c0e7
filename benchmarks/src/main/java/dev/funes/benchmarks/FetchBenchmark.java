package dev.funes.benchmarks;

import dev.funes.log.LogSettings;
import dev.funes.log.PartitionLog;
import dev.funes.log.PartitionLog.Fetch;
import dev.funes.record.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
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
 * Finding the bytes for a fetch in a log of 64 MiB in four segments: view, index, walk, slice. The
 * bytes themselves are not touched; that is the socket's work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the method marked Setup before anything else.
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FetchBenchmark {
  private static final int SEGMENT_BYTES = 16 << 20;
  private static final long LOG_BYTES = 64 << 20;
  private static final LogSettings SETTINGS =
      new LogSettings(
          SEGMENT_BYTES,
          LogSettings.SEGMENT_MILLIS_DEFAULT,
          LogSettings.UNLIMITED,
          LogSettings.UNLIMITED);

  @Param({"1024", "65536"})
  int batchBytes;

  @Param({"65536", "1048576"})
  int bytesMax;

  private final SplittableRandom random = new SplittableRandom(7);
  private Path directory;
  private PartitionLog log;
  private long next;

  @Setup
  public void prepare() throws IOException {
    directory = Directories.create();
    log = PartitionLog.create(directory.resolve("partition"), SETTINGS);
    ByteBuffer batch = Batches.batch(Compression.NONE, batchBytes, 256);
    for (long bytes = 0; bytes < LOG_BYTES; bytes += batch.remaining()) {
      log.append(batch, 1, 1);
    }
  }

  /** A consumer that starts anywhere. */
  @Benchmark
  public Fetch anywhere() {
    return log.fetch(random.nextLong(log.endOffset()), bytesMax);
  }

  /** A consumer that reads on, and from the start again after the end. */
  @Benchmark
  public Fetch onwards() {
    Fetch fetch = log.fetch(next, bytesMax);
    next = fetch instanceof Fetch.Batches batches ? batches.nextOffset() : 0;
    return fetch;
  }

  @TearDown
  public void remove() throws IOException {
    log.delete();
    Directories.delete(directory);
  }
}
