package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cli.console.StandardStreams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs commands in this process and keeps what they print. */
record Cli(String server) {
  /** What a command left behind. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares results
  record Result(int exitCode, byte[] out, String err) {
    String text() {
      return new String(out, UTF_8);
    }

    List<String> lines() {
      return text().lines().toList();
    }

    Result succeeded() {
      assertThat(exitCode).as("exit code; stderr: %s", err).isZero();
      return this;
    }

    /** One line on standard error, nothing on standard output. */
    Result failedWith(int code, String message) {
      assertThat(exitCode).as("exit code; stderr: %s", err).isEqualTo(code);
      assertThat(err).contains(message).startsWith("funes: ").doesNotContain("Exception");
      assertThat(err.lines()).as(err).hasSize(1);
      return this;
    }
  }

  Result run(String... args) {
    return runWithInput(new byte[0], args);
  }

  Result runWithInput(byte[] input, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    if (!List.of("dump", "verify", "dev", "server").contains(args[0])) {
      all.add("--server");
      all.add(server);
    }
    return runExactly(input, all.toArray(String[]::new));
  }

  static Result runExactly(byte[] input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        FunesCommandLine.create(args, new StandardStreams(new ByteArrayInputStream(input), out));
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(args);
    commandLine.getOut().flush();
    return new Result(exitCode, out.toByteArray(), err.toString());
  }
}
