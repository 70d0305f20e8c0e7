package dev.funes.cli.cluster;

import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.Table;
import dev.funes.cli.format.Sizes;
import dev.funes.cli.format.Times;
import dev.funes.client.ClusterDescription;
import dev.funes.client.ClusterMember;
import dev.funes.client.CopyDescription;
import dev.funes.client.NodeAddress;
import dev.funes.client.NodeDescription;
import dev.funes.client.NodeDuty;
import dev.funes.client.NodeScrub;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.RaftReplicaDescription;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "describe",
    description = {
      "Show the nodes, and the raft groups with their leaders and how far each replica is behind.",
      "NODES are where it should be, the preferred leader first; VOTERS where Raft has it now.",
      "LAG is in Raft entries behind the leader's commit: node:lag. A replica that was away for longer than the Raft"
          + " log is kept copies a checkpoint from its leader, which is shown behind it.",
      "DAMAGED are batches that the disk has changed, since the node started; see 'funes cluster scrub'."
    },
    footer = {
      "%nExamples:",
      "  funes cluster describe",
      "  funes cluster describe -f json | jq '.raftGroupList[] | [.raftGroup, .leader]'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DescribeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HealthOptions health;

  @Mixin private FormatOption format;

  @Override
  public Integer call() throws InterruptedException {
    ClusterDescription cluster = health.ask();
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                ClusterJson.writeStatus(cluster, json);
                ClusterJson.writeNodes(cluster, json);
                ClusterJson.writeMembers(cluster, json);
                ClusterJson.writeRaftGroups(cluster, json);
              });
      case TABLE -> {
        StatusCommand.print(cluster, out);
        out.println();
        nodes(cluster).print(out);
        out.println();
        raftGroups(cluster).print(out);
      }
    }
    return health.exitCode(cluster);
  }

  private static Table nodes(ClusterDescription cluster) {
    Table table =
        new Table(
            "NODE", "ADDRESS", "STATE", "VERSION", "UP", "HEAP", "DIRECT", "DISK FREE", "DAMAGED");
    for (NodeDescription node : cluster.nodes()) {
      NodeAddress address = node.address();
      if (node.reachable()) {
        table.row(
            address.nodeId(),
            address.server(),
            state(cluster, node),
            node.version(),
            Times.printDuration(node.uptimeMillis() / 1_000 * 1_000),
            Sizes.print(node.heapUsedBytes()),
            Sizes.print(node.directUsedBytes()),
            Sizes.print(node.dataFreeBytes()),
            damaged(node.scrub()));
      } else {
        table.row(
            address.nodeId(), address.server(), state(cluster, node), "-", "-", "-", "-", "-", "-");
      }
    }
    return table;
  }

  /** Batches that were found damaged, and how many of them are not repaired. */
  private static String damaged(NodeScrub scrub) {
    long left = scrub.corruptBatches() - scrub.repairedBatches();
    return scrub.corruptBatches() == 0
        ? "0"
        : "%d (%s)".formatted(scrub.corruptBatches(), left == 0 ? "repaired" : left + " left");
  }

  private static String state(ClusterDescription cluster, NodeDescription node) {
    String state = !node.reachable() ? "no answer" : node.diskShort() ? "disk full" : "up";
    ClusterMember member = Placed.member(cluster, node.address().nodeId());
    if (member == null || member.duty() == NodeDuty.ACTIVE) {
      return state;
    }
    return state + ", " + member.duty().name().toLowerCase(Locale.ROOT);
  }

  private static Table raftGroups(ClusterDescription cluster) {
    Table table =
        new Table("RAFT GROUP", "LEADER", "TERM", "PARTITIONS", "NODES", "VOTERS", "LAG", "STATE");
    for (RaftGroupDescription group : cluster.raftGroups()) {
      NodeAddress leader = group.leader();
      table.row(
          group.raftGroup() == 0 ? "metadata" : Integer.toString(group.raftGroup()),
          leader == null ? "none" : Integer.toString(leader.nodeId()),
          group.term(),
          group.partitionCount(),
          Moves.ids(group.placement().wished()),
          Moves.ids(group.placement().voters()),
          group.replicas().stream().map(DescribeCommand::lag).collect(Collectors.joining(" ")),
          group.placement().state().isEmpty() ? "-" : group.placement().state());
    }
    return table;
  }

  private static String lag(RaftReplicaDescription replica) {
    Long lag = replica.lagEntries();
    CopyDescription copying = replica.copying();
    return replica.address().nodeId()
        + ":"
        + (lag == null ? "?" : lag)
        + (copying == null ? "" : copied(copying));
  }

  private static String copied(CopyDescription copying) {
    return "(copying %s of %s from %d)"
        .formatted(
            Sizes.print(copying.doneBytes()),
            copying.totalBytes() == 0 ? "?" : Sizes.print(copying.totalBytes()),
            copying.fromNodeId());
  }
}
