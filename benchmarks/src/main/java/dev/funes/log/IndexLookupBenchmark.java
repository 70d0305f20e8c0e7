package dev.funes.log;

import dev.funes.benchmarks.Directories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
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

/** Looking up offsets and times in the index of a full segment of 256 MiB: 65,536 entries. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the method marked Setup before anything else.
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexLookupBenchmark {
  private static final int ENTRIES = 65_536;
  private static final int OFFSETS_PER_ENTRY = 4;
  private static final int MILLIS_PER_ENTRY = 3;

  /** As of the active segment, or as of a sealed one. */
  @Param({"heap", "file"})
  String where;

  private final SplittableRandom random = new SplittableRandom(7);
  private Path directory;
  private OffsetIndex index;

  @Setup
  public void prepare() throws IOException {
    directory = Directories.create();
    index = new OffsetIndex();
    for (int i = 0; i < ENTRIES; i++) {
      index.add(
          i * OFFSETS_PER_ENTRY, (i + 1) * OffsetIndex.INTERVAL_BYTES, (long) i * MILLIS_PER_ENTRY);
    }
    if (where.equals("file")) {
      Path file = directory.resolve("index");
      OffsetIndex.Footer footer = new OffsetIndex.Footer(1, 1, 1);
      index.save(file, footer);
      index = Objects.requireNonNull(OffsetIndex.load(file, footer));
    }
  }

  @Benchmark
  public int byOffset() {
    return index.unitAtOffset(random.nextLong(ENTRIES * OFFSETS_PER_ENTRY));
  }

  @Benchmark
  public int byTime() {
    return index.unitAtTimestamp(random.nextLong((long) ENTRIES * MILLIS_PER_ENTRY));
  }

  @TearDown
  public void remove() throws IOException {
    Directories.delete(directory);
  }
}
