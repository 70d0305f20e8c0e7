package dev.funes.cli.request;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.HeaderOptions;
import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.console.Terminal;
import dev.funes.cli.console.Topics;
import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.RecordFormat;
import dev.funes.client.Admin;
import dev.funes.client.Producer;
import dev.funes.client.Reply;
import dev.funes.client.RequestHeaders;
import dev.funes.client.RequestTimeoutException;
import dev.funes.client.Requester;
import dev.funes.record.Header;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code funes request}. */
@Command(
    name = "request",
    description = {
      "Write a request to a topic, wait for its reply and print that.",
      "The request and the reply are records: a reply that comes after --timeout, which is 30s here,"
          + " is kept, and --await prints it. Exit code 6: no reply in time; 1: the reply says that"
          + " the request could not be answered."
    },
    footer = {
      "%nExamples:",
      "  funes request prices '{\"item\":\"lamp\"}'",
      "  funes request prices --timeout 2s -k lamp < question.json",
      "  funes request prices --await 01a2026d579c-3f86c23ec78f6fc4"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class RequestCommand implements Callable<Integer> {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  private final StandardStreams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private HeaderOptions headers;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic of the requests.")
  private String topic;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "BODY",
      description = "The request. Without it, all of standard input.")
  private @Nullable String body;

  @Option(
      names = {"-k", "--key"},
      paramLabel = "KEY",
      description = "The key of the request, which chooses its partition.")
  private @Nullable String key;

  @Option(
      names = "--await",
      paramLabel = "ID",
      description = "Send nothing: wait for the reply to the request with this correlation id.")
  private @Nullable String awaited;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description =
          "How to print the reply, as of consume: json, raw or a format string. Default: its value,"
              + " and a newline unless it ends with one.")
  private @Nullable String format;

  /** A command that reads from and prints to these streams unless it is told otherwise. */
  public RequestCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    RecordFormat recordFormat = format == null ? null : RecordFormat.parse(format);
    if (awaited != null && (body != null || key != null || !headers.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(), "--await sends nothing: it goes without BODY, -k and -H");
    }
    try (Admin admin = connection.admin()) {
      var _ = Topics.describe(admin, topic);
    }
    String id = awaited == null ? Requester.newCorrelationId() : awaited;
    Duration timeout = connection.timeout(DEFAULT_TIMEOUT);
    try (Requester requester = Requester.open(connection.config().build());
        Interruption interruption = Interruption.listenUntil(() -> sayHowToGoOn(id))) {
      CompletableFuture<Reply> reply =
          awaited == null ? send(requester, id, timeout) : requester.await(topic, id, timeout);
      Reply answer = reply.join();
      if (interruption.isRequested()) {
        return Interruption.EXIT_CODE;
      }
      return print(answer, recordFormat);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RequestTimeoutException timedOut) {
        throw noReply(timedOut);
      }
      throw e;
    }
  }

  private CompletableFuture<Reply> send(Requester requester, String id, Duration timeout)
      throws IOException {
    if (body == null && Terminal.onStandardInput()) {
      say("type the request; Ctrl-D ends");
    }
    // One byte more than fits anywhere: the client says what is wrong with it.
    byte[] value =
        body == null
            ? streams.in().readNBytes(Producer.ATOMIC_BYTES_MAX + 1)
            : body.getBytes(StandardCharsets.UTF_8);
    List<Header> all = new ArrayList<>(headers.parse(spec.commandLine()));
    all.add(new Header(RequestHeaders.CORRELATION_ID, id.getBytes(StandardCharsets.UTF_8)));
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    return requester.request(topic, keyBytes, value, all, timeout);
  }

  private int print(Reply reply, @Nullable RecordFormat recordFormat) throws IOException {
    ByteSink out = new ByteSink(streams.out());
    if (recordFormat != null) {
      recordFormat.write(reply.topic(), reply.partition(), reply.record(), out);
    } else if (!reply.isError()) {
      printValue(reply.value(), out);
    }
    out.flush();
    if (reply.isError()) {
      throw new CommandFailure(
          ExitCode.FAILED, "the replier could not answer: " + reply.errorMessage());
    }
    return ExitCode.OK;
  }

  private static void printValue(byte @Nullable [] value, ByteSink out) throws IOException {
    byte[] bytes = value == null ? new byte[0] : value;
    out.write(bytes);
    if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
      out.write('\n');
    }
  }

  private CommandFailure noReply(RequestTimeoutException timedOut) {
    String repliers = Repliers.describe(connection, topic, timedOut.request());
    return new CommandFailure(
        ExitCode.NO_REPLY,
        timedOut.getMessage() + repliers,
        "funes request " + topic + " --await " + timedOut.correlationId(),
        timedOut);
  }

  /** After Ctrl-C, which scripts get as well: the id is all that is needed. */
  private boolean sayHowToGoOn(String id) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("interrupted; for the reply: funes request " + topic + " --await " + id);
    err.flush();
    return true;
  }

  private void say(String words) {
    if (Terminal.onStandardError()) {
      spec.commandLine().getErr().println(words);
      spec.commandLine().getErr().flush();
    }
  }
}
