package dev.funes.cli.group;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.Table;
import dev.funes.cli.console.WatchOptions;
import dev.funes.client.Admin;
import dev.funes.client.GroupInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    description = "List the consumer groups: their state, members, and stored offsets.",
    footer = {
      "%nStates: empty, stable, rebalancing, resetting, paused.",
      "%nExamples:",
      "  funes group list",
      "  funes group list --watch=5s",
      "  funes group list -f json | jq -r 'select(.state == \"empty\") | .group'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private FormatOption format;
  @Mixin private WatchOptions watch;

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = connection.admin()) {
      return watch.run(spec, format, () -> show(admin.listGroups()));
    }
  }

  private void show(List<GroupInfo> groups) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON -> printJson(groups, out);
      case TABLE -> {
        Table table = new Table("GROUP", "STATE", "MEMBERS", "OFFSETS");
        for (GroupInfo group : groups) {
          table.row(
              group.name(),
              GroupJson.state(group.state()),
              group.memberCount(),
              group.offsetCount());
        }
        table.print(out);
        if (!watch.isOn()) {
          Hints.say(
              spec,
              groups.isEmpty()
                  ? "funes consume TOPIC -g GROUP"
                  : "funes group describe " + groups.getFirst().name());
        }
      }
    }
  }

  private void printJson(List<GroupInfo> groups, PrintWriter out) {
    if (!watch.isOn()) {
      groups.forEach(group -> JsonOut.print(out, json -> GroupJson.writeInfo(group, json)));
      return;
    }
    JsonOut.print(
        out,
        json -> {
          json.writeNumberField("timeMillis", System.currentTimeMillis());
          json.writeArrayFieldStart("groups");
          for (GroupInfo group : groups) {
            json.writeStartObject();
            GroupJson.writeInfo(group, json);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
