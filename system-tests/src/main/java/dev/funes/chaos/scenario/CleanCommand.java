package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.Leftovers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code funes-chaos clean}. */
@Command(
    name = "clean",
    description =
        "Takes away the processes, mounts, namespaces and links that runs have left that were killed.",
    mixinStandardHelpOptions = true)
public final class CleanCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    List<String> said = Leftovers.cleanAll();
    if (said.isEmpty()) {
      System.out.println("nothing was left");
    }
    said.forEach(System.out::println);
    return said.stream().anyMatch(line -> line.contains(": left:")) ? 1 : 0;
  }
}
