package dev.funes.replication;

import dev.funes.benchmarks.Batches;
import dev.funes.benchmarks.Directories;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.log.LogSettings;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * A committed entry of 1 MiB with many batches for many partitions, from its bytes to the bytes of
 * the reply, checkpoints left out. Each iteration begins with empty partitions.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the method marked Setup before anything else.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ApplyBenchmark {
  private static final int ENTRY_BYTES = 1 << 20;
  private static final int PARTITIONS = 16;
  private static final int SEQUENCE_IN_BATCH = 53;
  private static final long TOPIC = 1;

  @Param({"4096", "65536"})
  int batchBytes;

  /** Whether each batch is checked against the sequence of its producer, and recorded there. */
  @Param({"false", "true"})
  boolean idempotent;

  private Path directory;
  private DataGroupState state;
  private ByteBuffer entry;
  private int commandBytes;
  private int recordsPerBatch;
  private int index;
  private int sequence;

  @Setup(Level.Iteration)
  public void prepare() throws IOException {
    directory = Directories.create();
    state =
        DataGroupState.restore(
            new RaftGroupId(1),
            directory.resolve("group"),
            new DataGroupState.Context(
                ReplicaLimits.DEFAULTS.withCheckpoints(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2),
                () -> Instant.EPOCH,
                Runnable::run,
                (message, cause) -> {
                  throw new IllegalStateException(message, cause);
                },
                64,
                () -> false,
                new CatchUp(1L << 30, (_, _) -> {}, () -> false)),
            _ -> {});
    index = 0;
    sequence = 0;
    List<Command> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      PartitionId id = new PartitionId(TOPIC, i);
      partitions.add(new Command.PutPartition(id, "benchmark", LogSettings.DEFAULTS));
    }
    state.apply(1, ++index, new Entry(0, partitions).encode());
    entry = appends();
  }

  /** One producer for each batch, so that their sequences do not depend on each other. */
  private ByteBuffer appends() {
    List<Command> appends = new ArrayList<>();
    for (int i = 0; i < ENTRY_BYTES / batchBytes; i++) {
      ByteBuffer batch =
          idempotent
              ? Batches.batch(batchBytes, 1000, i)
              : Batches.batch(Compression.NONE, batchBytes, 1000);
      recordsPerBatch = RecordBatch.at(batch, 0).recordCount();
      appends.add(new Command.Append(new PartitionId(TOPIC, i % PARTITIONS), batch));
    }
    commandBytes = CommandCodec.sizeBytes(appends.getFirst());
    return new Entry(0, appends).encode();
  }

  @Benchmark
  public ByteBuffer apply() throws IOException {
    if (idempotent) {
      numberBatches();
    }
    return state.apply(1, ++index, entry.asReadOnlyBuffer());
  }

  /** The checksums do not hold after that; apply does not look at them, the leader did. */
  private void numberBatches() {
    int batch = Entry.HEADER_BYTES + CommandCodec.HEADER_BYTES + Wire.PARTITION_BYTES;
    while (batch < entry.limit()) {
      entry.putInt(batch + SEQUENCE_IN_BATCH, sequence);
      batch += commandBytes;
    }
    sequence += recordsPerBatch;
  }

  @TearDown(Level.Iteration)
  public void remove() throws IOException {
    state.abandon();
    Directories.delete(directory);
  }
}
