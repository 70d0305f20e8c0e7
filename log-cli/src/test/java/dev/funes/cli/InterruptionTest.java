package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cli.console.StandardStreams;
import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Commands in processes of their own that somebody ends in the middle, and readers that go away.
 */
class InterruptionTest {
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);

  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(1);

  @TempDir Path directory;

  private static Cli cli() {
    return new Cli(CLUSTER.addresses());
  }

  private Process start(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Funes.class.getName()));
    command.addAll(List.of(args));
    command.addAll(List.of("--server", CLUSTER.addresses()));
    return new ProcessBuilder(command)
        .redirectOutput(out().toFile())
        .redirectError(err().toFile())
        .start();
  }

  private Path out() {
    return directory.resolve("out");
  }

  private Path err() {
    return directory.resolve("err");
  }

  /** Asks the process to end, as Ctrl-C does. */
  private static void end(Process process) throws InterruptedException {
    // Through the handle, which leaves the process its streams, as a terminal does.
    assertThat(process.toHandle().destroy()).isTrue();
    process.waitFor();
  }

  @Test
  void produceTellsHowFarItCameAndHowToGoOn() throws Exception {
    cli().run("topic", "create", "written").succeeded();
    Process produce = start("produce", "written");
    OutputStream input = produce.getOutputStream();
    input.write("one\ntwo\nthree\nnot yet a li".getBytes(UTF_8));
    input.flush();
    await().atMost(WAIT_MAX).until(() -> cli().run("consume", "written", "-e").lines().size() == 3);

    end(produce);

    assertThat(Files.readString(err()))
        .contains("interrupted: 3 records, 11 B")
        .contains("last offset by partition: 0=2")
        .contains("start at line 4 of the input");
    assertThat(cli().run("consume", "written", "-e").succeeded().lines())
        .containsExactly("one", "two", "three");
  }

  @Test
  void consumeStoresWhatItHasPrintedAndGoesOnThere() throws Exception {
    cli().run("topic", "create", "read").succeeded();
    cli().run("produce", "read", "a", "b", "c").succeeded();
    Process consume = start("consume", "read", "-g", "readers");
    await().atMost(WAIT_MAX).until(() -> Files.readAllLines(out()).size() == 3);

    end(consume);

    assertThat(Files.readString(err()))
        .contains("interrupted: 3 records")
        .contains("to go on: funes consume read -g readers");
    cli().run("produce", "read", "d").succeeded();
    assertThat(cli().run("consume", "read", "-g", "readers", "-e").succeeded().lines())
        .containsExactly("d");
  }

  @Test
  void perfPrintsWhatItHasMeasuredAndDeletesItsTopic() throws Exception {
    Process perf =
        start(
            "perf",
            "produce",
            "--duration",
            "1h",
            "--warm-up",
            "0s",
            "--rate",
            "200",
            "-f",
            "json");
    await()
        .atMost(WAIT_MAX)
        .until(() -> endOffset(cli().run("topic", "list").succeeded().text()) > 0);

    end(perf);

    assertThat(Files.readString(err())).contains("interrupted: what was measured so far");
    assertThat(Files.readString(out()))
        .startsWith("{\"scenario\":\"produce\"")
        .doesNotContain("\"records\":0,")
        .contains("\"failed\":0,");
    assertThat(cli().run("topic", "list").succeeded().text()).doesNotContain("perf-");
  }

  /** How many records the topic has that perf has made; 0 when there is none yet. */
  private static long endOffset(String topics) {
    return topics
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .filter(name -> name.startsWith("perf-"))
        .mapToLong(name -> cli().run("consume", name, "-e").lines().size())
        .sum();
  }

  @Test
  void aReaderThatGoesAwayEndsConsumeQuietly() {
    cli().run("topic", "create", "piped").succeeded();
    cli().run("produce", "piped", "a").succeeded();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    String[] args = {"consume", "piped", "-g", "gone", "--server", CLUSTER.addresses()};
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        FunesCommandLine.create(args, new StandardStreams(InputStream.nullInputStream(), closed));
    commandLine.setErr(new PrintWriter(err, true));

    assertThat(commandLine.execute(args)).isZero();

    assertThat(err.toString()).isEmpty();
    assertThat(cli().run("consume", "piped", "-g", "gone", "-e").succeeded().lines())
        .as("what nobody has read is not committed")
        .containsExactly("a");
  }
}
