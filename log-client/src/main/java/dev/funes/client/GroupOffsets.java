package dev.funes.client;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stored offsets of a consumer group as one sees them who is no member of it.
 *
 * @param group null: none, and everything throws IllegalStateException
 */
record GroupOffsets(Admin admin, @Nullable String group) {
  GroupOffsets(Admin admin, @Nullable String group) {
    this.admin = admin;
    this.group = group;
  }

  String groupName() {
    if (group == null) {
      throw new IllegalStateException("expected a consumer group, was none");
    }
    return group;
  }

  void commit(Collection<CommittedOffset> offsets) {
    if (!offsets.isEmpty()) {
      admin.commitOffsets(groupName(), offsets);
    }
  }

  void commit(Map<TopicPartition, Long> offsets) {
    commit(
        offsets.entrySet().stream()
            .map(offset -> CommittedOffset.of(offset.getKey(), offset.getValue()))
            .toList());
  }

  Map<TopicPartition, Long> committed() {
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    for (CommittedOffset stored : admin.committedOffsets(groupName())) {
      offsets.put(stored.partition(), stored.offset());
    }
    return offsets;
  }
}
