package dev.funes.client;

/**
 * What to replay.
 *
 * @param from the first offset of each partition
 * @param to where to stop in each partition, exclusive; not before {@code from}
 * @param order of the records of all partitions
 * @param filter an expression that the records must fulfil (docs/replay.md); empty: all
 */
public record ReplayRange(Cut from, Cut to, Order order, String filter) {
  /** The order of records of several partitions; those of one always come in offset order. */
  public enum Order {
    /** By timestamp, and where it is equal by topic, then partition. */
    BY_TIME,
    /** One partition after the other, by topic and number. */
    BY_PARTITION
  }

  public ReplayRange {
    if (from.offsets().isEmpty()) {
      throw new IllegalArgumentException("from: has no partition");
    }
    if (!from.offsets().keySet().equals(to.offsets().keySet())) {
      throw new IllegalArgumentException("to: has other partitions than from");
    }
    from.offsets()
        .forEach(
            (partition, offset) -> {
              long end = to.offsets().getOrDefault(partition, 0L);
              if (end < offset) {
                throw new IllegalArgumentException(
                    "to: ends %s at %d, before it begins at %d".formatted(partition, end, offset));
              }
            });
  }

  /** Everything from a cut to a cut, by time. */
  public static ReplayRange between(Cut from, Cut to) {
    return new ReplayRange(from, to, Order.BY_TIME, "");
  }

  /** The same range, filtered. */
  public ReplayRange withFilter(String expression) {
    return new ReplayRange(from, to, order, expression);
  }

  /** The same range in another order. */
  public ReplayRange withOrder(Order other) {
    return new ReplayRange(from, to, other, filter);
  }
}
