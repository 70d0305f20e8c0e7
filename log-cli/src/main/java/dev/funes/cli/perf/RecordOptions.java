package dev.funes.cli.perf;

import dev.funes.cli.console.DurationConverter;
import dev.funes.cli.console.SizeConverter;
import dev.funes.client.ClientConfig;
import dev.funes.client.Producer;
import dev.funes.record.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What records look like, and how the producers treat them. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields before the command is called
final class RecordOptions {
  private static final long RECORD_BYTES_DEFAULT = 1 << 10;
  private static final long RECORD_BYTES_MAX = 1 << 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--record-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Bytes of a value. Default: 1KiB.")
  private @Nullable Long recordBytes;

  @Option(
      names = "--payload-file",
      paramLabel = "FILE",
      description = "Send the lines of this file, over and over, in place of random bytes.")
  private @Nullable Path payloadFile;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "The same number makes the same random values and keys. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How many different keys; 0 for records without one. Default: ${DEFAULT-VALUE}.")
  private int keys;

  @Option(
      names = "--compression",
      paramLabel = "CODEC",
      description = "none, gzip, snappy, lz4 or zstd. Default: the client's own.")
  private @Nullable String compression;

  @Option(
      names = "--linger",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long a batch waits for more records. Default: the client's own.")
  private @Nullable Duration linger;

  @Option(
      names = "--batch-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "When a batch is full. Default: the client's own.")
  private @Nullable Long batchBytes;

  /** Refuses what makes no sense before anything is asked of the cluster. */
  void check() {
    require(payloadFile == null || recordBytes == null, "--payload-file decides the --record-size");
    long size = recordBytes();
    require(
        size >= 1 && size <= RECORD_BYTES_MAX,
        "--record-size: %d is not between 1 and %d".formatted(size, RECORD_BYTES_MAX));
    require(
        keys >= 0 && keys <= Keys.COUNT_MAX,
        "--keys: %d is not between 0 and %d".formatted(keys, Keys.COUNT_MAX));
    require(
        batchBytes == null || batchBytes <= Integer.MAX_VALUE, "--batch-size: is larger than 2GiB");
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private long recordBytes() {
    return recordBytes == null ? RECORD_BYTES_DEFAULT : recordBytes;
  }

  /** Puts what was asked for into a configuration; the rest stays the client's own. */
  ClientConfig configure(ClientConfig.Builder config) {
    if (compression != null) {
      config.compression(Compression.ofName(compression));
    }
    if (linger != null) {
      config.linger(linger);
    }
    if (batchBytes != null) {
      config.batchBytes(batchBytes.intValue());
    }
    return config.build();
  }

  /** Makes the values ahead of the run. */
  Payload.Source payload() throws IOException {
    return payloadFile == null
        ? Payload.random(seed, (int) recordBytes())
        : Payload.repeated(PayloadFile.lines(payloadFile));
  }

  byte[][] keys() {
    return Keys.make(keys);
  }

  long seed() {
    return seed;
  }

  /** Opens producers that write such records to a topic at a pace. */
  List<Worker> producers(
      ClientConfig config, Payload.Source payload, LoadTopic topic, Pacing pacing) {
    byte[][] made = keys();
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < pacing.clients(); i++) {
      workers.add(
          new ProduceWorker(
              Producer.open(config),
              topic.name(),
              payload.of(i, pacing.clients()),
              Keys.of(made, seed, i),
              pacing.ofClient(i)));
    }
    return workers;
  }

  /** Adds the values in effect, under the names that the result gives them. */
  void describe(ClientConfig config, Map<String, Object> settings) {
    if (payloadFile == null) {
      settings.put("record_size", recordBytes());
    } else {
      settings.put("payload_file", payloadFile.toString());
    }
    settings.put("seed", seed);
    settings.put("keys", keys);
    settings.put("compression", config.compression().lowerCaseName());
    settings.put("linger_ms", config.linger().toMillis());
    settings.put("linger_adapts", config.lingerAdapts());
    settings.put("batch_size", config.batchBytes());
  }
}
