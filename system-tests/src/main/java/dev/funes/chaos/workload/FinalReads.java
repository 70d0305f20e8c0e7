package dev.funes.chaos.workload;

import dev.funes.chaos.history.RunClock;
import dev.funes.chaos.history.RunInfo;
import dev.funes.client.NodeAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The last reading of a run: everything, from every replica, and the files of stopped nodes. */
public final class FinalReads {
  private FinalReads() {}

  /**
   * Reads every partition from the start from each node that has a replica of it, from that alone,
   * and notes records and digests. All nodes run and are quiescent.
   */
  public static void fromNodes(List<NodeAddress> nodes, RunInfo info, Path dir, RunClock clock) {}

  /**
   * Checks the data directories of stopped nodes with {@code funes verify}, and notes what it says.
   *
   * @param funes the launcher
   * @param data by node id
   */
  public static void fromFiles(Path funes, Map<Integer, Path> data, Path dir, RunClock clock) {}
}
