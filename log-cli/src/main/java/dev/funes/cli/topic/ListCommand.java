package dev.funes.cli.topic;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.Table;
import dev.funes.client.Admin;
import dev.funes.client.TopicInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    description = "List the topics, by name.",
    footer = {"%nExamples:", "  funes topic list", "  funes topic list -f json | jq -r .name"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    List<TopicInfo> topics;
    try (Admin admin = connection.admin()) {
      topics = admin.listTopics();
    }
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON ->
          topics.forEach(topic -> JsonOut.print(out, json -> TopicJson.write(topic, json)));
      case TABLE -> {
        Table table = new Table("TOPIC", "PARTITIONS", "SETTINGS");
        topics.forEach(
            topic ->
                table.row(
                    topic.name(),
                    topic.partitionCount(),
                    SettingOptions.describe(topic.settings())));
        table.print(out);
      }
    }
    if (topics.isEmpty()) {
      Hints.say(spec, "funes topic create greetings");
    }
    return ExitCode.OK;
  }
}
