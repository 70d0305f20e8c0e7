package dev.funes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cli.console.ExitCode;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands about nodes and placement, against three real nodes that stay three. */
class ClusterCommandsTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static Cli cli = new Cli("");

  @BeforeAll
  static void connect() {
    cli = new Cli(CLUSTER.addresses());
    cli.run("cluster", "status", "--wait-healthy").succeeded();
  }

  @Test
  void describeShowsWhereRaftGroupsShouldBeAndWhoVotes() {
    assertThat(cli.run("cluster", "describe").text())
        .contains("NODES")
        .containsPattern("\n1 +[0-9] +[0-9]+ +0 +1,(2,3|3,2) +1,2,3 ");
    // A raft group that has just changed its leader counts as a move left, until that one is asked.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(cli.run("cluster", "describe", "-f", "json").text())
                    .contains("\"memberList\":[{\"node\":1,", "\"duty\":\"active\"")
                    .containsPattern("\"wished\":\\[1,(2,3|3,2)\\]")
                    .contains("\"movesLeft\":0", "\"replicationFactor\":3"));
  }

  @Test
  void aBalancedClusterStaysAsItIs() {
    assertThat(cli.run("cluster", "balance", "--dry-run").succeeded().text())
        .isEqualTo("would make 0 moves\n");
    assertThat(cli.run("cluster", "balance", "-f", "json").succeeded().text())
        .isEqualTo("{\"done\":true,\"moves\":[]}\n");
    assertThat(cli.run("cluster", "balance", "--stop").succeeded().text()).isEqualTo("stopped\n");
    cli.run("cluster", "balance", "--stop", "--dry-run").failedWith(ExitCode.USAGE, "--dry-run");
  }

  @Test
  void aNodeThatCannotBeSparedIsNotEmptied() {
    for (String option : new String[] {"--dry-run", "--no-wait"}) {
      cli.run("cluster", "drain", "2", option)
          .failedWith(ExitCode.USAGE, "the replication factor is 3; add a node first");
    }
    cli.run("cluster", "drain", "9").failedWith(ExitCode.USAGE, "node 9 is not in the cluster");
    cli.run("cluster", "drain", "0").failedWith(ExitCode.USAGE, "node_id must be 1 or more");
    assertThat(cli.run("cluster", "drain", "2", "--undo").succeeded().text())
        .isEqualTo("node 2 may have raft groups\n");
  }

  @Test
  void aNodeWithRaftGroupsIsNotRemoved() {
    cli.run("cluster", "remove-node", "2").failedWith(ExitCode.USAGE, "funes cluster drain 2");
    cli.run("cluster", "remove-node", "9").failedWith(ExitCode.USAGE, "not in the cluster");
    cli.run("cluster", "remove-node", "2", "--drain", "--no-wait")
        .failedWith(ExitCode.USAGE, "--no-wait");
  }

  @Test
  void aNodeIsToHaveAnAddressThatCanBeOne() {
    String[][] wrong = {
      {"0", "h", "7", "8", "node_id must be 1 or more"},
      {"1000001", "h", "7", "8", "1,000,000"},
      {"4", "h h", "7", "8", "host must be"},
      {"4", "h", "0", "8", "port of node 4 must be 1 to 65535"},
      {"4", "h", "7", "70000", "raft-port of node 4 must be 1 to 65535"},
      {"4", "h", "7", "7", "must differ"},
      {"3", "elsewhere", "7", "8", "node 3 is there"},
    };
    for (String[] each : wrong) {
      cli.run(
              "cluster",
              "add-node",
              "--id",
              each[0],
              "--host",
              each[1],
              "--port",
              each[2],
              "--raft-port",
              each[3],
              "--no-wait")
          .failedWith(ExitCode.USAGE, each[4]);
    }
    cli.run("cluster", "add-node", "--id", "4").failedWith(ExitCode.USAGE, "--host");
  }

  @Test
  void aReplacementIsShownBeforeItIsMade() {
    assertThat(
            cli.run(
                    "cluster",
                    "replace-node",
                    "2",
                    "--id",
                    "4",
                    "--host",
                    "h",
                    "--port",
                    "7",
                    "--raft-port",
                    "8",
                    "--dry-run",
                    "-f",
                    "json")
                .succeeded()
                .text())
        .contains("\"done\":false")
        .containsPattern(
            "\\{\"raftGroup\":1,\"from\":\\[1,(2,3|3,2)\\],\"to\":\\[1,(4,3|3,4)\\]\\}");
    cli.run(
            "cluster",
            "replace-node",
            "9",
            "--id",
            "4",
            "--host",
            "h",
            "--port",
            "7",
            "--raft-port",
            "8")
        .failedWith(ExitCode.USAGE, "node 9 is not in the cluster");
  }

  @Test
  void theLeadGoesWhereItIsSent() {
    for (String node : new String[] {"3", "1"}) {
      assertThat(cli.run("cluster", "transfer-leader", "1", node).succeeded().text())
          .isEqualTo("node " + node + " leads raft group 1\n");
    }
    cli.run("cluster", "transfer-leader", "0", "1").failedWith(ExitCode.USAGE, "raft_group");
    cli.run("cluster", "transfer-leader", "7", "1").failedWith(ExitCode.USAGE, "must be 1 to 3");
    cli.run("cluster", "transfer-leader", "1", "4").failedWith(ExitCode.USAGE, "nodes [");
  }
}
