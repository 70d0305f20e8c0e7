package dev.funes.cli.group;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Groups;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.WatchOptions;
import dev.funes.client.Admin;
import dev.funes.client.FunesException;
import dev.funes.client.GroupDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "describe",
    description = {
      "Show a consumer group: its state, coordinator and members, and for each partition who reads"
          + " it, how far it is read, and how far that is behind."
    },
    footer = {
      "%nLAG is in records; BEHIND is how long the oldest of them has been waiting; RATE is records"
          + " committed a second, over the last minute. A partition in parentheses is to be let go"
          + " of.",
      "%nExamples:",
      "  funes group describe shipping",
      "  funes group describe shipping --watch",
      "  funes group describe shipping -f json --watch=10s | jq -c '[.timeMillis, .lagRecords]'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DescribeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "GROUP", description = "The consumer group.")
  private String group;

  @Mixin private FormatOption format;
  @Mixin private WatchOptions watch;

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = connection.admin()) {
      return watch.run(spec, format, () -> show(describe(admin)));
    }
  }

  private GroupDescription describe(Admin admin) {
    try {
      return admin.describeGroup(group);
    } catch (FunesException e) {
      throw Groups.explain(admin, group, e);
    }
  }

  private void show(GroupDescription description) {
    switch (format.value()) {
      case JSON ->
          JsonOut.print(
              spec.commandLine().getOut(),
              json -> {
                if (watch.isOn()) {
                  json.writeNumberField("timeMillis", System.currentTimeMillis());
                }
                GroupJson.write(description, json);
              });
      case TABLE -> {
        GroupTables.print(description, spec.commandLine().getOut());
        if (!watch.isOn()) {
          Hints.say(spec, hint(description));
        }
      }
    }
  }

  private static String hint(GroupDescription description) {
    String name = description.name();
    return switch (description.state()) {
      case PAUSED -> "funes group resume " + name;
      case EMPTY -> "funes consume TOPIC -g " + name + ", or funes offsets history " + name;
      case REBALANCING, RESETTING -> "funes group describe " + name + " --watch=1s";
      case STABLE -> "funes offsets history " + name;
    };
  }
}
