package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.group.RandomRecords;
import dev.funes.state.GroupOffset;
import dev.funes.state.OffsetCause;
import dev.funes.state.StoredOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** What coordinators, members and people propose, with their mistakes. */
final class RandomGroupCommands {

  private static final OffsetCause[] CAUSES = OffsetCause.values();

  private final Random random;
  private final Function<String, GroupRecord> records;

  /** {@code records}: the record that a group has; an empty one when it has none. */
  RandomGroupCommands(Random random, Function<String, GroupRecord> records) {
    this.random = random;
    this.records = records;
  }

  GroupCommand next(long timeMillis) {
    String group = "group-" + random.nextInt(3);
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> commit(group);
      case 7, 8, 9, 10, 11 -> update(group);
      case 12 -> new GroupCommand.DeleteOffsets(group, partitions());
      case 13 ->
          random.nextInt(3) == 0
              ? new GroupCommand.DeleteGroup(group, version(group))
              : new GroupCommand.ExpireGroup(
                  group, version(group), timeMillis - random.nextInt(2_000));
      case 14 -> new GroupCommand.TrimHistory(group, random.nextInt(30), random.nextInt(30));
      case 15, 16 ->
          new GroupCommand.PutBookmark(group, "mark-" + random.nextInt(4), random.nextBoolean(), 3);
      case 17 -> new GroupCommand.DeleteBookmark(group, "mark-" + random.nextInt(4));
      case 18 -> new GroupCommand.StoreOffsets(group, offsets());
      default -> new GroupCommand.ForgetOffsets(group, partitions());
    };
  }

  private GroupCommand commit(String group) {
    GroupRecord record = records.apply(group);
    if (record.members().isEmpty() || random.nextInt(5) == 0) {
      String member = random.nextBoolean() ? "" : "member-" + random.nextInt(5);
      return new GroupCommand.CommitOffsets(group, member, record.generation(), offsets());
    }
    var member = record.members().get(random.nextInt(record.members().size()));
    List<GroupOffset> offsets = new ArrayList<>();
    for (PartitionId held : member.held().keySet()) {
      offsets.add(new GroupOffset(held.topicId(), held.partition(), offset()));
    }
    if (random.nextInt(8) == 0) {
      offsets.addAll(offsets());
    }
    long generation = Math.max(0, record.generation() - random.nextInt(2));
    return new GroupCommand.CommitOffsets(group, member.id(), generation, offsets);
  }

  private GroupCommand update(String group) {
    GroupRecord before = records.apply(group);
    if (random.nextInt(6) == 0) {
      before = before.next(); // somebody else's, which is not there
    }
    OffsetUpdate offsets =
        random.nextInt(3) > 0
            ? null
            : new OffsetUpdate(
                CAUSES[1 + random.nextInt(CAUSES.length - 1)],
                random.nextInt(10),
                RandomRecords.targets(random));
    return new GroupCommand.UpdateGroup(
        group, before.version(), RandomRecords.after(before, random), offsets);
  }

  private long version(String group) {
    return records.apply(group).version() + (random.nextInt(4) == 0 ? 1 : 0);
  }

  private List<GroupOffset> offsets() {
    List<GroupOffset> offsets = new ArrayList<>();
    for (PartitionId each : partitions()) {
      offsets.add(new GroupOffset(each.topicId(), each.partition(), offset()));
    }
    return offsets;
  }

  private StoredOffset offset() {
    return new StoredOffset(random.nextInt(5), random.nextInt(9), "ü".repeat(random.nextInt(3)), 0);
  }

  private List<PartitionId> partitions() {
    List<PartitionId> partitions = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      partitions.add(new PartitionId(1 + random.nextInt(3), random.nextInt(3)));
    }
    return partitions;
  }
}
