package dev.funes.replication;

import dev.funes.raft.FatalHandler;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the copies of checkpoints that a node makes at one time share. Any thread. */
final class CatchUp {

  private final Throttle throttle;
  private final FatalHandler fatal;
  private final BooleanSupplier diskIsShort;
  private volatile @Nullable RemoteCheckpoints remote;

  /**
   * @param fatal told when the disk fails
   * @param diskIsShort whether nothing may be copied, because the node is below its reserve
   */
  CatchUp(long bytesPerSecond, FatalHandler fatal, BooleanSupplier diskIsShort) {
    this.fatal = fatal;
    this.diskIsShort = diskIsShort;
    this.throttle = new Throttle(bytesPerSecond, System::nanoTime);
  }

  /** How to reach the other nodes; nothing is copied before that is known. */
  void readFrom(RemoteCheckpoints others) {
    remote = others;
  }

  RemoteCheckpoints remote() throws IOException {
    RemoteCheckpoints others = remote;
    if (others == null) {
      throw new IOException("this node does not reach the others yet");
    }
    return others;
  }

  BooleanSupplier diskIsShort() {
    return diskIsShort;
  }

  FatalHandler fatal() {
    return fatal;
  }

  Throttle throttle() {
    return throttle;
  }
}
