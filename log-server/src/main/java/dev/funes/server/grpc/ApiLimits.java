package dev.funes.server.grpc;

/**
 * What the API takes at most. Each is checked before anything is written, and the error names it.
 *
 * @param recordBytesMax bytes of one record: key, value, headers
 * @param batchBytesMax bytes of one record batch, as sent
 * @param connectionBytesMax bytes of produce requests in flight on one connection; past it the node
 *     stops reading from the connection
 * @param connectionStreamsMax calls open at once on one connection
 * @param connectionsMax client connections that are served at once; calls on more are refused with
 *     a retry delay
 * @param inFlightBytesMax bytes of produce requests of all connections that are in flight; past it
 *     the node reads on only as others are answered. The same again for what other nodes pass on
 * @param fetchBytesMax bytes of fetch responses that wait for slow consumers; past it every stream
 *     gets small pieces only
 */
public record ApiLimits(
    int recordBytesMax,
    int batchBytesMax,
    int connectionBytesMax,
    int connectionStreamsMax,
    int connectionsMax,
    long inFlightBytesMax,
    long fetchBytesMax) {

  /** What a node uses when its configuration says nothing. */
  public static final ApiLimits DEFAULTS =
      new ApiLimits(1 << 20, 4 << 20, 32 << 20, 100, 2_000, 64L << 20, 64L << 20);

  /** What a request may carry besides its batch: names, ids, framing. */
  private static final int MESSAGE_SLACK_BYTES = 64 << 10;

  /** Throws IllegalArgumentException when a limit cannot be held. */
  public ApiLimits {
    require(recordBytesMax >= 1_024, "recordBytesMax", recordBytesMax);
    require(batchBytesMax >= recordBytesMax, "batchBytesMax", batchBytesMax);
    require(connectionBytesMax >= batchBytesMax, "connectionBytesMax", connectionBytesMax);
    require(connectionStreamsMax >= 1, "connectionStreamsMax", connectionStreamsMax);
    require(connectionsMax >= 1, "connectionsMax", connectionsMax);
    require(inFlightBytesMax >= batchBytesMax, "inFlightBytesMax", inFlightBytesMax);
    require(fetchBytesMax >= 1, "fetchBytesMax", fetchBytesMax);
  }

  /** These limits with another one for connections. */
  public ApiLimits withConnectionsMax(int other) {
    return new ApiLimits(
        recordBytesMax,
        batchBytesMax,
        connectionBytesMax,
        connectionStreamsMax,
        other,
        inFlightBytesMax,
        fetchBytesMax);
  }

  /** These limits with others for what all connections may have in flight, either way. */
  public ApiLimits withBytes(int connectionBytes, long inFlightBytes, long fetchBytes) {
    return new ApiLimits(
        recordBytesMax,
        batchBytesMax,
        connectionBytes,
        connectionStreamsMax,
        connectionsMax,
        inFlightBytes,
        fetchBytes);
  }

  /**
   * The largest message that is read at all: a batch of up to twice the limit still gets an answer
   * in its stream, a larger one ends the stream.
   */
  int messageBytesMax() {
    return 2 * batchBytesMax + MESSAGE_SLACK_BYTES;
  }

  private static void require(boolean holds, String name, long value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " " + value + " is too small");
    }
  }
}
