package dev.funes.group;

import dev.funes.cluster.PartitionId;
import dev.funes.state.OffsetCause;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A record as bytes: a version byte, then the fields, numbers by variable length. Texts that are
 * the same for many members (topics, zones) are written once: the first time a text comes as {@code
 * 0, length, UTF-8}, and later as the number of its first coming, from 1.
 *
 * <p>Equal records have equal bytes, so that replicas can be compared.
 */
final class GroupRecordCodec {
  private static final byte VERSION = 1;
  private static final int PAUSED = 1;
  private static final int HAS_RESET = 2;
  private static final int MEMBER_BYTES_MIN = 11;
  private static final int HELD_BYTES_MIN = 4;
  private static final int TARGET_BYTES_MIN = 3;

  private GroupRecordCodec() {}

  static byte[] encode(GroupRecord record) {
    CompactOutput out = new CompactOutput();
    out.number(VERSION);
    out.number(record.version());
    out.number(record.generation());
    out.number((record.paused() ? PAUSED : 0) | (record.reset() == null ? 0 : HAS_RESET));
    out.number(record.emptySinceMillis());
    out.number(record.members().size());
    for (Member member : record.members()) {
      encode(member, record.generation(), out);
    }
    if (record.reset() != null) {
      encode(record.reset(), out);
    }
    return out.bytes();
  }

  private static void encode(Member member, long generation, CompactOutput out) {
    out.text(member.id());
    out.text(member.instanceId());
    out.text(member.clientId());
    out.text(member.host());
    out.text(member.zone());
    out.number(member.topics().size());
    member.topics().forEach(out::text);
    out.text(member.topicPattern());
    out.number(member.assignor().number());
    out.number(member.sessionTimeoutMillis());
    out.number(member.rebalanceTimeoutMillis());
    out.number(member.joinedMillis());
    out.number(member.held().size());
    member
        .held()
        .forEach(
            (partition, held) -> {
              out.number(partition.topicId());
              out.number(partition.partition());
              // Below the generation and mostly close to it; any long comes back by wrapping.
              out.number(generation - held.grantedGeneration());
              out.number(held.revoking() ? 1 : 0);
            });
  }

  private static void encode(PendingReset reset, CompactOutput out) {
    out.number(reset.cause().number());
    out.number(reset.undoneId());
    out.number(reset.startedMillis());
    out.number(reset.targets().size());
    for (OffsetTarget target : reset.targets()) {
      Long offset = target.offset();
      out.number(target.topicId());
      out.number(target.partition());
      out.number(offset == null ? 0 : offset + 1);
    }
  }

  static GroupRecord decode(byte[] bytes) {
    CompactInput in = new CompactInput(bytes);
    long layout = in.number();
    if (layout != VERSION) {
      throw new UnknownLayoutException(layout, VERSION);
    }
    long version = in.number();
    long generation = in.number();
    int flags = in.range(PAUSED | HAS_RESET);
    long emptySinceMillis = in.number();
    int count = in.count(MEMBER_BYTES_MIN);
    List<Member> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(decodeMember(generation, in));
    }
    @Nullable PendingReset reset = (flags & HAS_RESET) == 0 ? null : decodeReset(in);
    in.end();
    return new GroupRecord(
        version, generation, (flags & PAUSED) != 0, emptySinceMillis, members, reset);
  }

  private static Member decodeMember(long generation, CompactInput in) {
    String id = in.text();
    String instanceId = in.text();
    String clientId = in.text();
    String host = in.text();
    String zone = in.text();
    SortedSet<String> topics = new TreeSet<>();
    for (int i = in.count(1); i > 0; i--) {
      topics.add(in.text());
    }
    String topicPattern = in.text();
    Assignor assignor = Assignor.of(in.number());
    int sessionTimeoutMillis = in.range(Integer.MAX_VALUE);
    int rebalanceTimeoutMillis = in.range(Integer.MAX_VALUE);
    long joinedMillis = in.number();
    SortedMap<PartitionId, Held> held = new TreeMap<>();
    for (int i = in.count(HELD_BYTES_MIN); i > 0; i--) {
      PartitionId partition = new PartitionId(in.number(), in.range(Integer.MAX_VALUE));
      held.put(partition, new Held(generation - in.number(), in.range(1) == 1));
    }
    return new Member(
        id,
        instanceId,
        clientId,
        host,
        zone,
        topics,
        topicPattern,
        assignor,
        sessionTimeoutMillis,
        rebalanceTimeoutMillis,
        joinedMillis,
        held);
  }

  private static PendingReset decodeReset(CompactInput in) {
    OffsetCause cause = OffsetCause.of(in.number());
    long undoneId = in.number();
    long startedMillis = in.number();
    int count = in.count(TARGET_BYTES_MIN);
    List<OffsetTarget> targets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long topicId = in.number();
      int partition = in.range(Integer.MAX_VALUE);
      long offset = in.number();
      targets.add(new OffsetTarget(topicId, partition, offset == 0 ? null : offset - 1));
    }
    return new PendingReset(cause, undoneId, startedMillis, targets);
  }
}
