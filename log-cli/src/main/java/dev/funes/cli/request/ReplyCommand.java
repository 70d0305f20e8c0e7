package dev.funes.cli.request;

import dev.funes.cli.console.Connection;
import dev.funes.cli.console.DurationConverter;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.console.Topics;
import dev.funes.client.Admin;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.GroupOptions;
import dev.funes.client.Replier;
import dev.funes.client.ReplierListener;
import dev.funes.client.Request;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes reply}. */
@Command(
    name = "reply",
    description = {
      "Answer the requests of a topic: run a command for each, one after the other, and write what"
          + " it prints as the reply.",
      "The command gets the value of the request on standard input, and FUNES_TOPIC,"
          + " FUNES_PARTITION, FUNES_OFFSET, FUNES_KEY and FUNES_CORRELATION_ID in its environment."
          + " If it does not end with 0, the reply says so, with the first line that it wrote to"
          + " standard error.",
      "Repliers of one group share the requests. Each request is answered at least once."
    },
    footer = {
      "%nExamples:",
      "  funes reply shout --exec 'tr a-z A-Z'",
      "  funes reply prices -g prices-eu --exec ./price.sh --exec-timeout 5s",
      "  funes reply shout --exec 'tr a-z A-Z' -n 1"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class ReplyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "TOPIC", description = "The topic of the requests.")
  private String topic;

  @Option(
      names = {"-g", "--group"},
      paramLabel = "GROUP",
      description = "The consumer group to answer in. Default: TOPIC.repliers.")
  private @Nullable String group;

  @Option(
      names = "--exec",
      required = true,
      paramLabel = "CMD",
      description = "The command that answers, for sh -c.")
  private String command;

  @Option(
      names = "--exec-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "60s",
      description =
          "When a command takes longer, it is killed and the reply says so. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration execTimeout;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      description = "End after N requests.")
  private @Nullable Long count;

  @Override
  public Integer call() {
    if (count != null && count < 1) {
      throw new ParameterException(spec.commandLine(), "-n is below 1: " + count);
    }
    try (Admin admin = connection.admin()) {
      var _ = Topics.describe(admin, topic);
    }
    String name = group == null ? Replier.defaultGroup(topic) : group;
    PrintWriter err = spec.commandLine().getErr();
    if (Terminal.onStandardError()) {
      say(err, "answering as a member of group " + name + "; Ctrl-C ends");
    }
    ShellHandler handler = new ShellHandler(command, execTimeout);
    try (Replier replier =
            Replier.open(
                connection.config().build(),
                topic,
                name,
                GroupOptions.DEFAULTS,
                handler,
                new ErrorLines(err));
        Interruption interruption =
            Interruption.listen(
                () -> {
                  handler.stop();
                  replier.stop();
                })) {
      long answered = replier.run(count == null ? Long.MAX_VALUE : count);
      if (interruption.isRequested()) {
        say(err, "interrupted: " + answered + " requests answered");
        return Interruption.EXIT_CODE;
      }
    }
    return ExitCode.OK;
  }

  private static void say(PrintWriter err, String words) {
    err.println(words);
    err.flush();
  }

  /** Tells of what was not answered as its requester would like. */
  private record ErrorLines(PrintWriter err) implements ReplierListener {
    @Override
    public void answered(Request request, @Nullable Exception failure) {
      if (failure != null) {
        say(
            err,
            "warning: "
                + place(request.consumed())
                + " was answered with an error: "
                + failure.getMessage());
      }
    }

    @Override
    public void skipped(ConsumedRecord consumed, String why) {
      say(err, "warning: " + place(consumed) + " was skipped: " + why);
    }

    private static String place(ConsumedRecord consumed) {
      return consumed.topic() + "/" + consumed.partition() + "@" + consumed.offset();
    }
  }
}
