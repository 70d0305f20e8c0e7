package dev.funes.chaos.cluster;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a cluster is made.
 *
 * @param funes the command {@code funes} of the distribution under test
 * @param nodes how many begin, with ids from 1
 * @param nodesMax how many there may ever be, those included
 * @param raftGroups data raft groups
 * @param diskMib size of each node's file system
 * @param settings further lines of the configuration file, by key
 * @param environment for each node process, beside the prover's own; {home} stands for the
 *     directory of the node in the run's directory
 * @param classPathFront what is put in front of the class path of the nodes; normally nothing
 * @param faultyDevices whether the disks are behind devices that can have errors, where the machine
 *     has what that takes
 */
public record ClusterOptions(
    Path funes,
    int nodes,
    int nodesMax,
    int raftGroups,
    int diskMib,
    Map<String, String> settings,
    Map<String, String> environment,
    List<Path> classPathFront,
    boolean faultyDevices) {
  public ClusterOptions {
    settings = Map.copyOf(settings);
    environment = Map.copyOf(environment);
    classPathFront = List.copyOf(classPathFront);
  }

  /**
   * Three nodes and three raft groups. Checkpoints are made often and the Raft log is kept short,
   * so that a short run meets them.
   */
  public static ClusterOptions of(Path funes) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("checkpoint-bytes", Integer.toString(4 << 20));
    settings.put("checkpoint-millis", "10000");
    return new ClusterOptions(funes, 3, 3, 3, 768, settings, Map.of(), List.of(), false);
  }

  public ClusterOptions withNodesMax(int count) {
    return new ClusterOptions(
        funes,
        nodes,
        count,
        raftGroups,
        diskMib,
        settings,
        environment,
        classPathFront,
        faultyDevices);
  }

  public ClusterOptions withDiskMib(int mib) {
    return new ClusterOptions(
        funes,
        nodes,
        nodesMax,
        raftGroups,
        mib,
        settings,
        environment,
        classPathFront,
        faultyDevices);
  }

  public ClusterOptions withSetting(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new ClusterOptions(
        funes,
        nodes,
        nodesMax,
        raftGroups,
        diskMib,
        more,
        environment,
        classPathFront,
        faultyDevices);
  }

  public ClusterOptions withEnvironment(Map<String, String> variables) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.putAll(variables);
    return new ClusterOptions(
        funes, nodes, nodesMax, raftGroups, diskMib, settings, more, classPathFront, faultyDevices);
  }

  public ClusterOptions withFaultyDevices() {
    return new ClusterOptions(
        funes, nodes, nodesMax, raftGroups, diskMib, settings, environment, classPathFront, true);
  }

  public ClusterOptions withClassPathFront(List<Path> front) {
    return new ClusterOptions(
        funes, nodes, nodesMax, raftGroups, diskMib, settings, environment, front, faultyDevices);
  }
}
