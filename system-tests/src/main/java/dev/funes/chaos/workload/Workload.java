package dev.funes.chaos.workload;

import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.client.NodeAddress;
import java.nio.file.Path;
import java.util.List;

/** The clients of a run: they write, read and commit until they are stopped, and note all of it. */
public final class Workload implements AutoCloseable {
  private Workload() {}

  /**
   * Makes the topics and starts the clients. {@code run.json} must be there ({@link
   * dev.funes.chaos.history.History#begin}).
   *
   * @param nodes that clients are told of, and that are read from
   * @param dir where the history goes
   */
  public static Workload start(
      List<NodeAddress> nodes, WorkloadSettings settings, RunInfo info, Path dir, RunClock clock) {
    return new Workload();
  }

  /** Reads from this node's replicas, too, from now on. */
  public void addNode(NodeAddress node) {}

  /** Does not read from this node any more. */
  public void removeNode(int nodeId) {}

  /** Records acknowledged so far, for progress. */
  public long acknowledged() {
    return 0;
  }

  /** Lets what is under way end for the delivery timeout at most, then stops all clients. */
  public void stop() {}

  @Override
  public void close() {
    stop();
  }
}
