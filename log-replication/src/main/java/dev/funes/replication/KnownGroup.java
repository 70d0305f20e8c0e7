package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.NotOwner;
import dev.funes.replication.Outcome.UnknownMember;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record, or that there is none, with what makes a judgement of commits quick. */
final class KnownGroup {

  static final KnownGroup NONE = new KnownGroup(null);

  private final @Nullable GroupRecord record;
  private final Map<String, Member> members = new HashMap<>();
  private final Map<PartitionId, Member> holders = new HashMap<>();

  KnownGroup(@Nullable GroupRecord record) {
    this.record = record;
    if (record != null) {
      for (Member member : record.members()) {
        members.put(member.id(), member);
        member.held().keySet().forEach(partition -> holders.put(partition, member));
      }
    }
  }

  @Nullable GroupRecord record() {
    return record;
  }

  /** 0 when there is no record. */
  long version() {
    return record == null ? 0 : record.version();
  }

  /** Measures what it takes in memory. */
  int weight() {
    return 1 + members.size() + holders.size();
  }

  /** Whether somebody who is not a member may change these offsets; null: yes. */
  @Nullable Applied problem(Iterable<PartitionId> partitions) {
    for (PartitionId partition : partitions) {
      if (holders.containsKey(partition)) {
        return new NotOwner(partition);
      }
    }
    return null;
  }

  /** Whether a member that knows of this generation may commit these offsets; null: yes. */
  @Nullable Applied problem(String memberId, long generation, Iterable<PartitionId> partitions) {
    Member member = members.get(memberId);
    if (member == null) {
      return new UnknownMember();
    }
    for (PartitionId partition : partitions) {
      Held held = member.held().get(partition);
      if (held == null || generation < held.grantedGeneration()) {
        return new NotOwner(partition);
      }
    }
    return null;
  }
}
