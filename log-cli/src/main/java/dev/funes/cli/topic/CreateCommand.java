package dev.funes.cli.topic;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.Hints;
import dev.funes.cli.console.JsonOut;
import dev.funes.client.Admin;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.TopicInfo;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "create",
    description = "Create a topic. Exit code 4 when there is one of this name.",
    footer = {
      "%nExamples:",
      "  funes topic create orders --partitions 6",
      "  funes topic create audit --retention forever --if-not-exists",
      "  funes topic create clicks -p 12 --retention 2d --retention-bytes 10GiB"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class CreateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private SettingOptions settings;

  @Parameters(paramLabel = "TOPIC", description = "1 to 249 of a-z A-Z 0-9 . _ -")
  private String name;

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      defaultValue = "1",
      description = "How many partitions. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(names = "--if-not-exists", description = "Succeed when there is one of this name.")
  private boolean ifNotExists;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    if (partitions < 1) {
      throw new ParameterException(
          spec.commandLine(), "--partitions: " + partitions + " is less than 1");
    }
    try (Admin admin = connection.admin()) {
      TopicInfo topic;
      String done = "created";
      try {
        topic = admin.createTopic(name, partitions, settings.settings());
      } catch (FunesException e) {
        if (!ifNotExists || e.code() != ErrorCode.TOPIC_EXISTS) {
          throw e;
        }
        topic = admin.describeTopic(name).topic();
        done = "there is";
      }
      print(topic, done);
    }
    return ExitCode.OK;
  }

  private void print(TopicInfo topic, String done) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON -> JsonOut.print(out, json -> TopicJson.write(topic, json));
      case TABLE ->
          out.println(
              "%s topic %s with %d partition%s"
                  .formatted(
                      done,
                      topic.name(),
                      topic.partitionCount(),
                      topic.partitionCount() == 1 ? "" : "s"));
    }
    out.flush();
    Hints.say(spec, "echo hello | funes produce " + name + "; funes consume " + name + " -e");
  }
}
