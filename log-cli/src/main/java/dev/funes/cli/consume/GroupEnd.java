package dev.funes.cli.consume;

import dev.funes.client.Admin;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupDescription;
import dev.funes.client.GroupMember;
import dev.funes.client.GroupPartition;
import dev.funes.client.ListedOffset;
import dev.funes.client.LogPosition;
import dev.funes.client.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The end of what a consumer group had to read when the command began. A member has come to it when
 * every partition that it holds was read so far, and every other one is held by somebody else, or
 * was read so far before.
 */
final class GroupEnd implements Until {
  private static final long ASK_EVERY_NANOS = Duration.ofMillis(300).toNanos();

  private final Consumer consumer;
  private final Admin admin;
  private final String group;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private long askAtNanos = System.nanoTime();

  GroupEnd(Consumer consumer, Admin admin, String group, Collection<TopicPartition> partitions) {
    this.consumer = consumer;
    this.admin = admin;
    this.group = group;
    Map<TopicPartition, LogPosition> places = new HashMap<>();
    partitions.forEach(partition -> places.put(partition, new LogPosition.End()));
    Map<TopicPartition, ListedOffset> listed = admin.listOffsets(places);
    listed.forEach((partition, end) -> ends.put(partition, end.offset()));
  }

  @Override
  public long end(TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  @Override
  public boolean wants(ConsumedRecord record) {
    return record.offset() < end(record.topicPartition());
  }

  @Override
  public boolean isReached() {
    if (ends.isEmpty()) {
      return true;
    }
    if (consumer.generation() == 0) {
      return false; // The group has not said yet what to read.
    }
    Set<TopicPartition> elsewhere = new HashSet<>(ends.keySet());
    for (TopicPartition held : consumer.assignment()) {
      Long end = ends.get(held);
      if (end != null && consumer.position(held) < end) {
        return false;
      }
      elsewhere.remove(held);
    }
    return elsewhere.isEmpty() || areDoneByOthers(elsewhere);
  }

  private boolean areDoneByOthers(Set<TopicPartition> partitions) {
    long now = System.nanoTime();
    if (now - askAtNanos < 0) {
      return false;
    }
    askAtNanos = now + ASK_EVERY_NANOS;
    try {
      GroupDescription description = admin.describeGroup(group);
      // Who is not connected may be dead: what it holds comes here when its session has ended.
      Set<String> others =
          description.members().stream()
              .filter(member -> member.connected() && !member.id().equals(consumer.memberId()))
              .map(GroupMember::id)
              .collect(Collectors.toSet());
      for (GroupPartition each : description.partitions()) {
        Long end = ends.get(each.partition());
        Long stored = each.storedOffset();
        if (others.contains(each.memberId()) || (end != null && stored != null && stored >= end)) {
          partitions.remove(each.partition());
        }
      }
    } catch (FunesException e) {
      if (e.code() != ErrorCode.UNKNOWN_GROUP && e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
    }
    return partitions.isEmpty();
  }
}
