package dev.funes.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;

/**
 * Names a raft group of the cluster.
 *
 * @param value 0 is the metadata raft group, which every node has; data raft groups count from 1
 */
public record RaftGroupId(int value) implements Comparable<RaftGroupId> {

  public static final RaftGroupId METADATA = new RaftGroupId(0);

  public RaftGroupId {
    if (value < 0) {
      throw new IllegalArgumentException("raft group id must be 0 or more, was " + value);
    }
  }

  public boolean isMetadata() {
    return value == 0;
  }

  /**
   * The same on every node, and different for every cluster: nodes of two clusters that meet by a
   * wrong address never take each other's entries.
   */
  public UUID uuid(String clusterId) {
    return UUID.nameUUIDFromBytes(("funes/" + clusterId + "/" + value).getBytes(UTF_8));
  }

  @Override
  public int compareTo(RaftGroupId other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
