package dev.funes.server.grpc;

/**
 * What the API takes at most. Each is checked before anything is written, and the error names it.
 *
 * @param recordBytesMax bytes of one record: key, value, headers
 * @param batchBytesMax bytes of one record batch, as sent
 * @param connectionBytesMax bytes of produce requests in flight on one connection; past it the node
 *     stops reading from the connection
 * @param connectionStreamsMax calls open at once on one connection
 */
public record ApiLimits(
    int recordBytesMax, int batchBytesMax, int connectionBytesMax, int connectionStreamsMax) {

  /** What a node uses when its configuration says nothing. */
  public static final ApiLimits DEFAULTS = new ApiLimits(1 << 20, 4 << 20, 32 << 20, 100);

  /** What a request may carry besides its batch: names, ids, framing. */
  private static final int MESSAGE_SLACK_BYTES = 64 << 10;

  /** Throws IllegalArgumentException when a limit cannot be held. */
  public ApiLimits {
    require(recordBytesMax >= 1_024, "recordBytesMax", recordBytesMax);
    require(batchBytesMax >= recordBytesMax, "batchBytesMax", batchBytesMax);
    require(connectionBytesMax >= batchBytesMax, "connectionBytesMax", connectionBytesMax);
    require(connectionStreamsMax >= 1, "connectionStreamsMax", connectionStreamsMax);
  }

  /**
   * The largest message that is read at all: a batch of up to twice the limit still gets an answer
   * in its stream, a larger one ends the stream.
   */
  int messageBytesMax() {
    return 2 * batchBytesMax + MESSAGE_SLACK_BYTES;
  }

  private static void require(boolean holds, String name, int value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " " + value + " is too small");
    }
  }
}
