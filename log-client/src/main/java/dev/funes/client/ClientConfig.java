package dev.funes.client;

import dev.funes.record.Compression;
import java.time.Duration;
import java.util.List;

/**
 * How a client finds and treats its cluster. Every limit is checked here: a value out of its range
 * is an {@link IllegalArgumentException} that names it.
 *
 * @param servers the nodes to try first; the others are learned from them
 * @param requestTimeout how long one request may take, its retries included; 10 s
 * @param deliveryTimeout how long a producer tries to deliver a record, and before that to find its
 *     topic, and a consumer to get its stream back, before they give up; 120 s
 * @param maxBlock how long {@link Producer#send} waits for room in the buffer; 60 s
 * @param linger how long a batch waits for more records at most; 5 ms, and 0 sends at once
 * @param lingerAdapts whether a batch waits only while others of the producer are under way, so
 *     that a lone record is sent at once; and for 20 ms at most while another one of its partition
 *     is. True, unless a linger was given
 * @param batchBytes when a batch is full, 1 KiB to 4 MiB; 64 KiB. One that has to wait for others
 *     of its partition grows on, to eight times as much but not above 1 MiB
 * @param recordBytesMax the largest record that is sent, as it is encoded; 1 MiB like the nodes'
 * @param compression of the batches that a producer builds; LZ4. A batch that it does not make
 *     smaller is sent as it is, and the ones after it are not tried for a while
 * @param bufferBytes what a producer holds of records that are not acknowledged; 64 MiB
 * @param inFlightPerPartition batches of one partition under way at a time, 1 to 5; 5, which is
 *     what the nodes remember to tell a duplicate
 * @param prefetchBytes what a consumer holds of batches that were not polled, beside 4 MiB in the
 *     window of its connection; 8 MiB
 * @param fetchResponseBytesMax the most that a node sends a consumer in one piece; 1 MiB
 * @param offsetReset what a consumer does when its position lies outside the log; ERROR
 */
public record ClientConfig(
    List<ServerAddress> servers,
    Duration requestTimeout,
    Duration deliveryTimeout,
    Duration maxBlock,
    Duration linger,
    boolean lingerAdapts,
    int batchBytes,
    int recordBytesMax,
    Compression compression,
    long bufferBytes,
    int inFlightPerPartition,
    long prefetchBytes,
    int fetchResponseBytesMax,
    OffsetReset offsetReset) {
  private static final int BATCH_BYTES_MIN = 1 << 10;
  private static final int BATCH_BYTES_MAX = 4 << 20;
  private static final int IN_FLIGHT_MAX = 5;

  public ClientConfig {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("servers: none is given");
    }
    positive("requestTimeout", requestTimeout);
    positive("deliveryTimeout", deliveryTimeout);
    within("maxBlock", maxBlock.toMillis(), 0, Long.MAX_VALUE);
    within("linger", linger.toMillis(), 0, Integer.MAX_VALUE);
    within("batchBytes", batchBytes, BATCH_BYTES_MIN, BATCH_BYTES_MAX);
    within("recordBytesMax", recordBytesMax, 1, BATCH_BYTES_MAX);
    within("bufferBytes", bufferBytes, Math.max(batchBytes, recordBytesMax), Long.MAX_VALUE);
    within("inFlightPerPartition", inFlightPerPartition, 1, IN_FLIGHT_MAX);
    within("fetchResponseBytesMax", fetchResponseBytesMax, 1, 64 << 20);
    within("prefetchBytes", prefetchBytes, fetchResponseBytesMax, 1L << 30);
  }

  /** The same with another policy. */
  ClientConfig withOffsetReset(OffsetReset policy) {
    return toBuilder().offsetReset(policy).build();
  }

  /** The defaults, for a node at {@code localhost:7070}. */
  public static Builder builder() {
    return new Builder();
  }

  /** These settings, to change some of them. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.servers = servers;
    builder.requestTimeout = requestTimeout;
    builder.deliveryTimeout = deliveryTimeout;
    builder.maxBlock = maxBlock;
    builder.linger = linger;
    builder.lingerAdapts = lingerAdapts;
    builder.batchBytes = batchBytes;
    builder.recordBytesMax = recordBytesMax;
    builder.compression = compression;
    builder.bufferBytes = bufferBytes;
    builder.inFlightPerPartition = inFlightPerPartition;
    builder.prefetchBytes = prefetchBytes;
    builder.fetchResponseBytesMax = fetchResponseBytesMax;
    builder.offsetReset = offsetReset;
    return builder;
  }

  private static void positive(String name, Duration value) {
    within(name, value.toMillis(), 1, Long.MAX_VALUE);
  }

  private static void within(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          max == Long.MAX_VALUE
              ? "%s: %d is less than %d".formatted(name, value, min)
              : "%s: %d is not between %d and %d".formatted(name, value, min, max));
    }
  }

  /** Collects settings; each has a default. Not thread-safe. */
  public static final class Builder {
    private List<ServerAddress> servers =
        List.of(new ServerAddress("localhost", ServerAddress.DEFAULT_PORT));
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration deliveryTimeout = Duration.ofMinutes(2);
    private Duration maxBlock = Duration.ofSeconds(60);
    private Duration linger = Duration.ofMillis(5);
    private boolean lingerAdapts = true;
    private int batchBytes = 64 << 10;
    private int recordBytesMax = 1 << 20;
    private Compression compression = Compression.LZ4;
    private long bufferBytes = 64L << 20;
    private int inFlightPerPartition = IN_FLIGHT_MAX;
    private long prefetchBytes = 8L << 20;
    private int fetchResponseBytesMax = 1 << 20;
    private OffsetReset offsetReset = OffsetReset.ERROR;

    private Builder() {}

    /** Addresses with commas between them, such as {@code a:7070,b:7070}. */
    public Builder servers(String addresses) {
      return servers(ServerAddress.parseAll(addresses));
    }

    public Builder servers(List<ServerAddress> addresses) {
      servers = List.copyOf(addresses);
      return this;
    }

    public Builder requestTimeout(Duration timeout) {
      requestTimeout = timeout;
      return this;
    }

    public Builder deliveryTimeout(Duration timeout) {
      deliveryTimeout = timeout;
      return this;
    }

    public Builder maxBlock(Duration timeout) {
      maxBlock = timeout;
      return this;
    }

    public Builder linger(Duration duration) {
      linger = duration;
      lingerAdapts = false;
      return this;
    }

    public Builder batchBytes(int bytes) {
      batchBytes = bytes;
      return this;
    }

    public Builder recordBytesMax(int bytes) {
      recordBytesMax = bytes;
      return this;
    }

    public Builder compression(Compression codec) {
      compression = codec;
      return this;
    }

    public Builder bufferBytes(long bytes) {
      bufferBytes = bytes;
      return this;
    }

    public Builder inFlightPerPartition(int batches) {
      inFlightPerPartition = batches;
      return this;
    }

    public Builder prefetchBytes(long bytes) {
      prefetchBytes = bytes;
      return this;
    }

    public Builder fetchResponseBytesMax(int bytes) {
      fetchResponseBytesMax = bytes;
      return this;
    }

    public Builder offsetReset(OffsetReset policy) {
      offsetReset = policy;
      return this;
    }

    public ClientConfig build() {
      return new ClientConfig(
          servers,
          requestTimeout,
          deliveryTimeout,
          maxBlock,
          linger,
          lingerAdapts,
          batchBytes,
          recordBytesMax,
          compression,
          bufferBytes,
          inFlightPerPartition,
          prefetchBytes,
          fetchResponseBytesMax,
          offsetReset);
    }
  }
}
