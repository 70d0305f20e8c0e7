package dev.funes.replication;

import dev.funes.group.GroupRecord;
import dev.funes.state.KeyedState;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Records of the consumer groups that were used last, decoded: one of 1,000 members takes longer to
 * decode than its members' commits take to apply. Apply thread only.
 */
final class KnownGroups {

  static final int WEIGHT_MAX = 16_384;

  private final KeyedState keyed;
  private final Map<String, KnownGroup> recent = new LinkedHashMap<>(16, 0.75f, true);
  private int weight;

  KnownGroups(KeyedState keyed) {
    this.keyed = keyed;
  }

  /** What was written; of what is only collected yet, {@link #put} must have been told. */
  KnownGroup get(String group) {
    KnownGroup known = recent.get(group);
    if (known == null) {
      byte[] record = keyed.groupRecord(group);
      known = record == null ? KnownGroup.NONE : new KnownGroup(GroupRecord.decode(record));
      put(group, known);
    }
    return known;
  }

  void put(String group, KnownGroup known) {
    KnownGroup before = recent.put(group, known);
    weight += known.weight() - (before == null ? 0 : before.weight());
    // The newest stays, however large it is.
    Iterator<KnownGroup> oldest = recent.values().iterator();
    while (weight > WEIGHT_MAX && recent.size() > 1) {
      weight -= oldest.next().weight();
      oldest.remove();
    }
  }
}
