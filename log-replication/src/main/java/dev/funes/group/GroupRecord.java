package dev.funes.group;

import dev.funes.cluster.PartitionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a consumer group that must survive its coordinator, stored offsets excepted. One
 * replaces the other by its version: what was computed from an older one changes nothing.
 *
 * @param version grows by one with each change; 0: there is no record yet
 * @param generation grows with each change of who holds what
 * @param paused members read nothing for now
 * @param emptySinceMillis the coordinator's time when the last member went; 0 while there are any
 * @param members each id once, and each partition in the hands of one at most
 * @param reset what waits for its partitions to be let go; null when nothing does
 */
public record GroupRecord(
    long version,
    long generation,
    boolean paused,
    long emptySinceMillis,
    List<Member> members,
    @Nullable PendingReset reset) {

  // Written out, so that callers in other modules see what may be null.
  public GroupRecord(
      long version,
      long generation,
      boolean paused,
      long emptySinceMillis,
      List<Member> members,
      @Nullable PendingReset reset) {
    if (version < 0 || generation < 0 || emptySinceMillis < 0) {
      throw new IllegalArgumentException(
          "expected numbers from 0, was version %d, generation %d, empty since %d"
              .formatted(version, generation, emptySinceMillis));
    }
    this.version = version;
    this.generation = generation;
    this.paused = paused;
    this.emptySinceMillis = emptySinceMillis;
    this.members = List.copyOf(members);
    this.reset = reset;
    requireOneHolder(this.members);
  }

  /** What a consumer group is before anything was stored of it. */
  public static GroupRecord empty(long nowMillis) {
    return new GroupRecord(0, 0, false, nowMillis, List.of(), null);
  }

  /** The record that replaces this one. */
  public GroupRecord next(
      long generation,
      boolean paused,
      long emptySinceMillis,
      List<Member> members,
      @Nullable PendingReset reset) {
    return new GroupRecord(version + 1, generation, paused, emptySinceMillis, members, reset);
  }

  /** The same with the next version. */
  public GroupRecord next() {
    return next(generation, paused, emptySinceMillis, members, reset);
  }

  /** The layout is that of the newest version. */
  public byte[] encode() {
    return GroupRecordCodec.encode(this);
  }

  /**
   * Reads what {@link #encode} wrote; IllegalArgumentException when these are not the bytes of a
   * record.
   *
   * @throws UnknownLayoutException when a newer version wrote them
   */
  public static GroupRecord decode(byte[] bytes) {
    return GroupRecordCodec.decode(bytes);
  }

  private static void requireOneHolder(List<Member> members) {
    Set<String> ids = new HashSet<>();
    Set<PartitionId> held = new HashSet<>();
    for (Member member : members) {
      if (!ids.add(member.id())) {
        throw new IllegalArgumentException("expected member " + member.id() + " once, was twice");
      }
      for (PartitionId partition : member.held().keySet()) {
        if (!held.add(partition)) {
          throw new IllegalArgumentException(
              "expected one holder of " + partition + ", was " + member.id() + " too");
        }
      }
    }
  }
}
