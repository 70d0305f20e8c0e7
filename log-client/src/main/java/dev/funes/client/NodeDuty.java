package dev.funes.client;

/** What the cluster asks of a node. */
public enum NodeDuty {
  /** It has its share of the raft groups. */
  ACTIVE,
  /** Its data raft groups move to other nodes. */
  DRAINED,
  /** It is gone for good, and its successor takes its place. */
  REPLACED,
  /** A newer version of the cluster says something that this client does not know. */
  UNKNOWN
}
