package dev.funes.chaos.check;

import dev.funes.chaos.history.RecordKey;

/** Words for what stands in the place of a key. */
final class Keys {
  private Keys() {}

  static String text(long key) {
    if (key == LongColumn.NONE) {
      return "nothing";
    }
    return key == FinalLogs.DAMAGED ? "a damaged record" : RecordKey.text(key);
  }
}
