package dev.funes.cli.topic;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.Topics;
import dev.funes.client.Admin;
import dev.funes.client.FunesException;
import dev.funes.client.TopicInfo;
import dev.funes.client.TopicSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "alter",
    description = "Change settings of a topic. What is not given stays as it is.",
    footer = {
      "%nExamples:",
      "  funes topic alter orders --retention 30d",
      "  funes topic alter audit --retention forever --retention-bytes unbounded"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class AlterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private SettingOptions settings;

  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    TopicSettings changes = settings.settings();
    if (changes.equals(TopicSettings.DEFAULTS)) {
      throw new ParameterException(
          spec.commandLine(),
          "nothing to change: give --retention, --retention-bytes, --segment-bytes or"
              + " --segment-age");
    }
    try (Admin admin = connection.admin()) {
      TopicInfo topic = alter(admin, changes);
      PrintWriter out = spec.commandLine().getOut();
      switch (format.value()) {
        case JSON -> JsonOut.print(out, json -> TopicJson.write(topic, json));
        case TABLE -> out.println(topic.name() + ": " + SettingOptions.describe(topic.settings()));
      }
      out.flush();
    }
    return ExitCode.OK;
  }

  private TopicInfo alter(Admin admin, TopicSettings changes) {
    try {
      return admin.alterTopic(name, changes);
    } catch (FunesException e) {
      throw Topics.explain(admin, name, e);
    }
  }
}
