package dev.funes.client;

import java.util.List;

/** Takes what {@link Consumer#listen} reads. */
@FunctionalInterface
public interface RecordListener {
  /**
   * Called on the thread that called {@code listen}, never with an empty list; the records of one
   * partition come in offset order. The consumer may be used from here, to commit say.
   */
  void onRecords(List<ConsumedRecord> records);
}
