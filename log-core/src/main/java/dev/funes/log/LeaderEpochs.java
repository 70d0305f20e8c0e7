package dev.funes.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The leader epochs of a segment's batches: where each begins. The checksum of a batch does not
 * cover its epoch, so whoever checks a batch asks here what it has to be. Epochs change with
 * leaders, so there are few. One thread adds, any thread asks.
 */
final class LeaderEpochs {
  private static final int NONE = -1;

  private record Start(long offset, int epoch) {}

  private volatile List<Start> starts = List.of();

  /** Notes the epoch of the batch with this base offset, which is above those noted before. */
  void add(long baseOffset, int epoch) {
    List<Start> now = starts;
    if (!now.isEmpty() && now.getLast().epoch == epoch) {
      return;
    }
    List<Start> next = new ArrayList<>(now);
    next.add(new Start(baseOffset, epoch));
    starts = List.copyOf(next);
  }

  /** The epoch of the batch with this base offset. */
  int at(long baseOffset) {
    List<Start> now = starts;
    for (int i = now.size() - 1; i >= 0; i--) {
      if (now.get(i).offset <= baseOffset) {
        return now.get(i).epoch;
      }
    }
    return NONE;
  }
}
