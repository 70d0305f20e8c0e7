package dev.funes.benchmarks;

import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

/** What a producer pays for a batch of 64 KiB: encoding, compression, checksum. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the method marked Setup before anything else.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BatchBuildBenchmark {
  private static final int BATCH_BYTES = 64 << 10;

  @Param({"100", "1024"})
  int recordBytes;

  @Param({"NONE", "LZ4", "ZSTD"})
  Compression compression;

  private byte[][] values;
  private RecordBatchBuilder builder;

  @Setup
  public void prepare() {
    values = Batches.values(BATCH_BYTES / recordBytes, recordBytes);
    builder = new RecordBatchBuilder(compression, BATCH_BYTES);
  }

  @Benchmark
  public ByteBuffer build() {
    return Batches.fill(builder, values);
  }
}
