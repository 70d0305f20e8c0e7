package dev.funes.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The batches of one partition as another replica has them: byte for byte what is here. */
@FunctionalInterface
public interface BatchSource {
  /**
   * Whole batches, back to back, the first one with this base offset; at least one. May take as
   * long as asking other nodes takes.
   *
   * @throws IOException says why there is nobody who has them
   */
  ByteBuffer batchesFrom(long baseOffset) throws IOException, InterruptedException;
}
