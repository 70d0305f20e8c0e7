package dev.funes.replication;

import dev.funes.raft.FatalHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the copies of checkpoints that a node makes at one time share. Any thread. */
final class CatchUp {

  private final Throttle throttle;
  private final FatalHandler fatal;
  private volatile @Nullable RemoteCheckpoints remote;

  /**
   * @param fatal told when the disk fails
   */
  CatchUp(long bytesPerSecond, FatalHandler fatal) {
    this.fatal = fatal;
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

  FatalHandler fatal() {
    return fatal;
  }

  Throttle throttle() {
    return throttle;
  }
}
