package dev.funes.cli.cluster;

import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.client.ClusterDescription;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Say in one line whether the cluster is healthy, and if not, why.",
    footer = {
      "%nExamples:",
      "  funes cluster status",
      "  funes cluster status --wait-healthy && echo ready"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HealthOptions health;

  @Mixin private FormatOption format;

  @Override
  public Integer call() throws InterruptedException {
    ClusterDescription cluster = health.ask();
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON -> JsonOut.print(out, json -> ClusterJson.writeStatus(cluster, json));
      case TABLE -> print(cluster, out);
    }
    return health.exitCode(cluster);
  }

  /** One line of summary, and a line for each problem. */
  static void print(ClusterDescription cluster, PrintWriter out) {
    long leaders = cluster.raftGroups().stream().filter(group -> group.leader() != null).count();
    out.println(
        "%s: cluster %s, %d of %d nodes answer, %d of %d raft groups have a leader"
            .formatted(
                health(cluster),
                cluster.clusterId(),
                ClusterJson.reachable(cluster),
                cluster.nodes().size(),
                leaders,
                cluster.raftGroups().size()));
    cluster.problems().forEach(problem -> out.println("  " + problem));
    out.flush();
  }

  private static String health(ClusterDescription cluster) {
    if (!cluster.healthy()) {
      return "NOT HEALTHY";
    }
    return cluster.isCaughtUp() ? "healthy" : "healthy, catching up";
  }
}
