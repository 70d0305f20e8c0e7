package dev.funes.replication;

import dev.funes.state.Changes;
import dev.funes.state.KeyedState;
import java.io.IOException;

/**
 * What the entry at hand has changed of the keyed state and not written yet. Most commands only
 * collect; one that reads what it could not find among the collected changes has them written
 * first. Apply thread only.
 */
final class EntryChanges implements AutoCloseable {

  private final KeyedState keyed;
  private Changes changes; // used again while there are none
  private long index;

  EntryChanges(KeyedState keyed) {
    this.keyed = keyed;
    this.changes = keyed.changes();
  }

  /** What comes now belongs to the entry of this Raft index. */
  void begin(long index) {
    this.index = index;
  }

  Changes now() {
    return changes;
  }

  /** Entries of plain batches change nothing here, and then nothing is written. */
  void flush() throws IOException {
    if (!changes.isEmpty()) {
      keyed.write(changes, index);
      changes = keyed.changes();
    }
  }

  @Override
  public void close() {
    changes.close();
  }
}
