package dev.funes.cluster;

/**
 * Names a node of the cluster.
 *
 * @param value from 1, unique in the cluster, never given to another node
 */
public record NodeId(int value) implements Comparable<NodeId> {

  public NodeId {
    if (value < 1) {
      throw new IllegalArgumentException("node id must be 1 or more, was " + value);
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
