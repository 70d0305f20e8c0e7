package dev.funes.chaos.idempotence;

import dev.funes.chaos.ExitCodes;
import dev.funes.chaos.cluster.ChaosCluster;
import dev.funes.chaos.cluster.ClusterOptions;
import dev.funes.chaos.cluster.Machine;
import dev.funes.chaos.proxy.UnsureAcks;
import dev.funes.chaos.scenario.Places;
import dev.funes.chaos.workload.Quiescence;
import dev.funes.client.NodeAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code funes-chaos idempotence}. */
@Command(
    name = "idempotence",
    description = {
      "Send very many records through a proxy that loses 1 %% of the acknowledgements, doubles 1 %% of"
          + " the requests and delays 1 %% of either, some beyond a minute, while nodes are killed and"
          + " restarted and leads are moved; then count what is in the log.",
      "Exit code 1 when a record is there twice, lost, or out of order."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  funes-chaos idempotence --sends 100k --seed 7",
      "  funes-chaos idempotence --sends 10M",
      "  funes-chaos idempotence --sends 100k --without-deduplication    # has to be red"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class IdempotenceCommand implements Callable<Integer> {
  private static final Duration FIRST_START = Duration.ofMinutes(3);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
  private static final int ONE_OF = 100; // of what goes through the proxy, 1 %
  private static final int QUIESCENT_SECONDS = 180;
  private static final int PRODUCERS_MAX = 64;
  private static final int MOVES_UNSEEN_MAX = 5; // a node may be down just then

  @Spec private CommandSpec spec;

  @Mixin private Places places;

  @Option(
      names = "--sends",
      paramLabel = "COUNT",
      defaultValue = "1M",
      description = "How many records, such as 500000, 100k or 10M. Default: ${DEFAULT-VALUE}.")
  private String sends;

  @Option(names = "--seed", paramLabel = "SEED", description = "Repeats a run. Default: a new one.")
  private @Nullable Long chosenSeed;

  @Option(
      names = "--producers",
      paramLabel = "COUNT",
      defaultValue = "6",
      description = "Default: ${DEFAULT-VALUE}.")
  private int producers;

  @Option(
      names = "--partitions",
      paramLabel = "COUNT",
      defaultValue = "12",
      description = "Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--under-way",
      paramLabel = "COUNT",
      defaultValue = "400",
      description =
          "Records of a partition that a producer has under way at most. With fewer, batches are smaller:"
              + " more acknowledgements go wrong, and it takes longer. Default: ${DEFAULT-VALUE}.")
  private int underWay;

  @Option(
      names = "--restart-every",
      paramLabel = "SECONDS",
      defaultValue = "45",
      description = "Takes a node down so often; 0: never. Default: ${DEFAULT-VALUE}.")
  private int restartSeconds;

  @Option(
      names = "--move-every",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description =
          "Gives a lead to another replica so often; 0: never. Default: ${DEFAULT-VALUE}.")
  private int moveSeconds;

  @Option(
      names = "--without-deduplication",
      description = "Take producer ids out of all batches: a run that has to be red.")
  private boolean withoutDeduplication;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    long count = count(sends);
    if (producers < 1 || producers > PRODUCERS_MAX || partitions < 1 || underWay < 1) {
      throw new ParameterException(
          spec.commandLine(), "--producers is 1 to 64, --partitions and --under-way at least 1");
    }
    long seed = chosenSeed == null ? System.nanoTime() & Integer.MAX_VALUE : chosenSeed;
    try {
      Path directory = places.directory("idempotence", seed);
      Result result = run(directory, count, seed, err);
      out.print(result.text());
      out.println("repeat with: " + repeat(seed));
      out.flush();
      return result.isGreen() ? ExitCodes.GREEN : ExitCodes.RED;
    } catch (IOException | IllegalStateException e) {
      err.println("funes-chaos: " + e.getMessage());
      return ExitCodes.RUN_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCodes.RUN_FAILED;
    }
  }

  private String repeat(long seed) {
    return "funes-chaos idempotence --sends %s --seed %d%s"
        .formatted(sends, seed, withoutDeduplication ? " --without-deduplication" : "");
  }

  private long count(String text) {
    String digits = text.strip().toLowerCase(Locale.ROOT);
    long factor = digits.endsWith("m") ? 1_000_000 : digits.endsWith("k") ? 1_000 : 1;
    try {
      long count =
          Math.multiplyExact(
              Long.parseLong(factor == 1 ? digits : digits.substring(0, digits.length() - 1)),
              factor);
      if (count >= 1) {
        return count;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // told below
    }
    throw new ParameterException(
        spec.commandLine(), "--sends: '" + text + "' is not a number from 1 on, such as 10M");
  }

  private Result run(Path directory, long count, long seed, PrintWriter err)
      throws IOException, InterruptedException {
    int runId = (int) seed;
    UnsureAcks acks = new UnsureAcks(seed, ONE_OF, !withoutDeduplication);
    try (PrintWriter journal =
            new PrintWriter(Files.newBufferedWriter(directory.resolve("run.log")), true);
        ChaosCluster cluster =
            ChaosCluster.open(
                directory.resolve("cluster"),
                "%04x".formatted(Math.floorMod(System.nanoTime(), 1 << 16)),
                ClusterOptions.of(places.funes()),
                Machine.plain(),
                journal::println)) {
      cluster.startAll();
      cluster.awaitHealthy(FIRST_START);
      err.println("sending, seed " + seed + ", directory " + directory);
      List<NodeAddress> nodes = addresses(cluster);
      IdempotenceRun run =
          new IdempotenceRun(nodes, "idempotence", runId, seed, count, producers, partitions);
      Restarts restarts =
          new Restarts(cluster, seed, Duration.ofSeconds(restartSeconds), err::println);
      LeadMoves moves = new LeadMoves(nodes, seed, Duration.ofSeconds(moveSeconds), err::println);
      long begin = System.nanoTime();
      try (restarts;
          moves) {
        if (restartSeconds > 0) {
          restarts.start();
        }
        if (moveSeconds > 0) {
          moves.start();
        }
        run.send(acks, underWay, REQUEST_TIMEOUT, err::println);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      err.printf(
          "sent in %.0f s, %.0f a second; %d restarts, %d of %d moves of a lead seen;"
              + " reading every replica%n",
          seconds, count / seconds, restarts.count(), moves.seen(), moves.asked());
      if (moves.asked() >= MOVES_UNSEEN_MAX && moves.seen() == 0) {
        throw new IOException("no lead was moved, although it was asked for " + moves.asked());
      }
      String problem = Quiescence.await(nodes, QUIESCENT_SECONDS);
      if (!problem.isEmpty()) {
        throw new IOException("the nodes do not become quiescent: " + problem);
      }
      return run.count(err::println);
    }
  }

  private static List<NodeAddress> addresses(ChaosCluster cluster) {
    return cluster.nodes().stream()
        .map(node -> new NodeAddress(node.id(), node.address().host(), node.address().port()))
        .toList();
  }
}
