package dev.funes.cli.cluster;

import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.client.Admin;
import dev.funes.client.ClusterDescription;
import dev.funes.client.NodeAddress;
import dev.funes.client.RaftGroupDescription;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "transfer-leader",
    description = {
      "Give the lead of a data raft group to another of its replicas, and let it belong there.",
      "After a failure it returns to that node, until somebody says otherwise."
    },
    footer = {
      "%nExamples:",
      "  funes cluster describe                # shows raft groups, leaders and replicas",
      "  funes cluster transfer-leader 2 3"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class TransferLeaderCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ChangeOptions change;
  @Mixin private FormatOption format;

  @Parameters(index = "0", paramLabel = "RAFT-GROUP", description = "Its number, from 1.")
  private int raftGroup;

  @Parameters(index = "1", paramLabel = "NODE", description = "The id of one of its replicas.")
  private int node;

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = change.admin()) {
      admin.transferLeader(raftGroup, node);
      boolean done = change.await(spec, admin, this::leads);
      Moves.print(
          spec.commandLine().getOut(),
          format.value(),
          (done ? "node %d leads raft group %d" : "node %d is to lead raft group %d")
              .formatted(node, raftGroup),
          done,
          List.of());
    }
    return ExitCode.OK;
  }

  private boolean leads(ClusterDescription cluster) {
    for (RaftGroupDescription group : cluster.raftGroups()) {
      NodeAddress leader = group.leader();
      if (group.raftGroup() == raftGroup && leader != null && leader.nodeId() == node) {
        return true;
      }
    }
    return false;
  }
}
