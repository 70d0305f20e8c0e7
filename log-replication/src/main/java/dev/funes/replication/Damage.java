package dev.funes.replication;

import dev.funes.log.CorruptLogException;
import dev.funes.raft.CorruptRaftLogException;
import dev.funes.state.CorruptStateException;
import java.nio.file.NoSuchFileException;

/** Tells damage, which another replica can heal, from a disk that is full or may not be read. */
final class Damage {

  private Damage() {}

  static boolean is(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof CorruptLogException
          || each instanceof CorruptRaftLogException
          || each instanceof CorruptStateException
          || each instanceof CorruptSnapshotException
          || each instanceof NoSuchFileException) {
        return true;
      }
    }
    return false;
  }
}
