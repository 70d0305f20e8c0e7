package dev.funes.cli.perf;

import dev.funes.cli.console.Subcommands;
import picocli.CommandLine.Command;

/** {@code funes perf}. */
@Command(
    name = "perf",
    description = "Measure a running cluster: throughput, latency, CPU.",
    subcommands = {
      ProduceCommand.class,
      ConsumeCommand.class,
      EndToEndCommand.class,
      TopicsCommand.class
    },
    footer = {
      "%nExamples:",
      "  funes perf produce                                # as fast as it goes, for 30 s",
      "  funes perf produce --rate 10000 --plot latency.svg",
      "  funes perf consume                                # a topic that it fills before",
      "  funes perf e2e --one-at-a-time --linger 0ms",
      "  funes perf topics --partitions 10000",
      "  funes perf produce -f json > before.json",
      "  funes perf produce --compare before.json"
    })
public final class PerfCommand extends Subcommands {}
