package dev.funes.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group, its members and how far it has come.
 *
 * @param generation grows with each change of who holds what
 * @param paused nothing is delivered until somebody resumes it
 * @param coordinator the node that keeps its members together; null when it is not known
 * @param members by the time of joining
 * @param partitions every one that is subscribed to or has a stored offset, by topic and number
 */
public record GroupDescription(
    String name,
    GroupState state,
    long generation,
    boolean paused,
    @Nullable NodeAddress coordinator,
    Assignor assignor,
    List<GroupMember> members,
    List<GroupPartition> partitions) {
  public GroupDescription(
      String name,
      GroupState state,
      long generation,
      boolean paused,
      @Nullable NodeAddress coordinator,
      Assignor assignor,
      List<GroupMember> members,
      List<GroupPartition> partitions) {
    this.name = name;
    this.state = state;
    this.generation = generation;
    this.paused = paused;
    this.coordinator = coordinator;
    this.assignor = assignor;
    this.members = List.copyOf(members);
    this.partitions = List.copyOf(partitions);
  }
}
