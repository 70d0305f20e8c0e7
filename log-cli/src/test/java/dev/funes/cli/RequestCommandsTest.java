package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cli.console.ExitCode;
import dev.funes.server.testing.FunesCluster;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code funes request} and {@code funes reply} against a real node. */
class RequestCommandsTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(1);

  private static final Pattern ID = Pattern.compile("no reply to (\\S+) within");

  private Cli cli = new Cli("");
  private String topic = "";

  @BeforeEach
  void nameTheTopic(TestInfo test) {
    cli = new Cli(CLUSTER.addresses());
    topic = test.getTestMethod().orElseThrow().getName();
    cli.run("topic", "create", topic, "-p", "2").succeeded();
  }

  private CompletableFuture<Cli.Result> reply(int count, String... options) {
    String[] args = new String[options.length + 4];
    args[0] = "reply";
    args[1] = topic;
    args[2] = "-n";
    args[3] = Integer.toString(count);
    System.arraycopy(options, 0, args, 4, options.length);
    CompletableFuture<Cli.Result> result = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> result.complete(cli.run(args)));
    return result;
  }

  @Test
  void aCommandAnswers() throws Exception {
    CompletableFuture<Cli.Result> replier = reply(4, "--exec", "tr a-z A-Z");

    assertThat(cli.run("request", topic, "hello").succeeded().text()).isEqualTo("HELLO\n");
    assertThat(
            cli.runWithInput("from a pipe\n".getBytes(UTF_8), "request", topic).succeeded().text())
        .isEqualTo("FROM A PIPE\n");
    assertThat(cli.run("request", topic, "raw", "-f", "raw").succeeded().text()).isEqualTo("RAW");
    assertThat(
            cli.run("request", topic, "j", "-k", "anna", "-H", "a=b", "-f", "json")
                .succeeded()
                .text())
        .contains("\"topic\":\"" + topic + ".replies\"")
        .contains("\"value\":\"J\"")
        .contains("{\"name\":\"funes-reply-status\",\"value\":\"ok\"}");

    assertThat(replier.get(60, TimeUnit.SECONDS).succeeded().text()).isEmpty();
    assertThat(cli.run("consume", topic, "-e", "-f", "%k %h\\n").succeeded().text())
        .contains("anna a=b,funes-correlation-id=");
  }

  @Test
  void theCommandKnowsWhatItAnswers() {
    var _ =
        reply(
            1,
            "--exec",
            "echo $FUNES_TOPIC $FUNES_PARTITION $FUNES_OFFSET $FUNES_KEY; cat > /dev/null");

    assertThat(cli.run("request", topic, "x", "-k", "anna").succeeded().text())
        .matches(topic + " [01] 0 anna\n");
  }

  @Test
  void aCommandThatFailsIsAnErrorReply() throws Exception {
    CompletableFuture<Cli.Result> replier =
        reply(
            3,
            "--exec",
            "read a; case $a in say*) echo no such item >&2;; slow) sleep 60;; esac; exit 3",
            "--exec-timeout",
            "2s");

    cli.run("request", topic, "say\n")
        .failedWith(ExitCode.FAILED, "the replier could not answer: no such item");
    cli.run("request", topic, "nothing\n")
        .failedWith(ExitCode.FAILED, "could not answer: the command ended with exit code 3");
    cli.run("request", topic, "slow\n")
        .failedWith(ExitCode.FAILED, "could not answer: the command took longer than 2000 ms");

    Cli.Result ended = replier.get(60, TimeUnit.SECONDS).succeeded();
    assertThat(ended.err()).contains("was answered with an error: no such item");
  }

  @Test
  void aTimeoutSaysWhatIsKnownAndTheReplyIsPickedUpLater() {
    Cli.Result timeout = cli.run("request", topic, "hello", "--timeout", "2s");
    timeout.failedWith(
        ExitCode.NO_REPLY, "within 2000 ms; the request is stored at " + topic + "/");
    assertThat(timeout.err()).contains("@0").contains("has not read this partition");
    Matcher id = ID.matcher(timeout.err());
    assertThat(id.find()).isTrue();

    var _ = reply(1, "--exec", "tr a-z A-Z");

    assertThat(cli.run("request", topic, "--await", id.group(1)).succeeded().text())
        .isEqualTo("HELLO\n");
    assertThat(cli.run("request", topic, "--await", id.group(1), "-f", "raw").succeeded().text())
        .isEqualTo("HELLO");
    cli.run("request", topic, "--await", "unheard-of", "--timeout", "1s")
        .failedWith(ExitCode.NO_REPLY, "no reply to unheard-of within 1000 ms");
  }

  @Test
  void mistakesAreToldInOneLine() {
    cli.run("request", "nowhere", "x").failedWith(ExitCode.NOT_FOUND, "no topic 'nowhere'");
    cli.run("reply", "nowhere", "--exec", "cat").failedWith(ExitCode.NOT_FOUND, "no topic");
    cli.run("reply", topic).failedWith(ExitCode.USAGE, "--exec");
    cli.run("reply", topic, "--exec", "cat", "-n", "0").failedWith(ExitCode.USAGE, "-n");
    cli.run("reply", topic, "--exec", "cat", "--exec-timeout", "soon")
        .failedWith(ExitCode.USAGE, "--exec-timeout");
    cli.run("request", topic, "x", "--await", "1").failedWith(ExitCode.USAGE, "--await");
    cli.run("request", topic, "x", "-H", "=").failedWith(ExitCode.USAGE, "-H");
    cli.runWithInput(new byte[2 << 20], "request", topic)
        .failedWith(ExitCode.FAILED, "a record may have 1048576 bytes");
    assertThat(cli.run("consume", topic, "-e").succeeded().text()).isEmpty();
  }
}
