package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of call of a JVM on its files can be hit, counted, and left alone again. */
class ShimTest {
  @TempDir Path directory;
  private Shim shim;

  @BeforeEach
  void buildOrSkip() throws Exception {
    try {
      shim = Shim.build(directory);
    } catch (Shim.UnavailableException e) {
      Assumptions.abort("SKIPPED, no faults are injected here: " + e.getMessage());
    }
  }

  @Test
  void forcesFailOnceAndThenSucceed() throws Exception {
    shim.rules(ShimRule.failOnce("syncs", ShimRule.EIO, "victim"));

    assertThat(run("force", "force", "write")).containsExactly("Input/output error", "ok", "ok");
    assertThat(shim.fired())
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.operation()).isEqualTo("fdatasync");
              assertThat(call.error()).isEqualTo(ShimRule.EIO);
              assertThat(call.path()).endsWith("/victim");
            });
  }

  @Test
  void forcesOfMappingsFail() throws Exception {
    shim.rules(ShimRule.fail("msync", ShimRule.EIO, "victim"));

    assertThat(run("map", "force")).containsExactly("Input/output error", "ok");
  }

  @Test
  void callsAreSkippedAndCounted() throws Exception {
    shim.rules(new ShimRule("writes", ShimRule.ENOSPC, 0, 1, 2, 1000, "victim"));

    assertThat(run("write", "pwrite", "write", "pwrite"))
        .containsExactly("ok", "No space left on device", "No space left on device", "ok");
  }

  @Test
  void readsFailAndOtherFilesAreLeftAlone() throws Exception {
    shim.rules(
        ShimRule.fail("reads", ShimRule.EIO, "other"),
        ShimRule.fail("pread", ShimRule.EIO, "victim"));

    assertThat(run("write", "read", "pread")).containsExactly("ok", "ok", "Input/output error");
  }

  @Test
  void halfIsWrittenWhenAskedFor() throws Exception {
    shim.rules(ShimRule.failOnce("pwrite", ShimRule.HALF_WRITTEN, "victim"));

    assertThat(run("pwrite")).containsExactly("Input/output error");
    assertThat(Files.size(directory.resolve("victim"))).isEqualTo(Writer.BYTES / 2);
  }

  @Test
  void nothingIsHitWithoutRulesOrAfterClear() throws Exception {
    assertThat(run("write", "force", "map")).containsExactly("ok", "ok", "ok");

    shim.rules(ShimRule.fail("syncs", ShimRule.EIO, "*"));
    shim.clear();
    assertThat(run("force")).containsExactly("ok");
    assertThat(shim.fired()).isEmpty();
  }

  @Test
  void badRulesAreRefused() {
    assertThatThrownBy(() -> ShimRule.fail("fsync 5", 5, "*"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ShimRule.fail("fsync", 5, "a\nb"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ShimRule("fsync", 5, 0, 0, 0, 1001, "*"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private List<String> run(String... calls) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Writer.class.getName(),
                directory.resolve("victim").toString()));
    command.addAll(List.of(calls));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(shim.environment());
    builder.environment().put("LC_ALL", "C"); // the words of the errors
    Process process = builder.start();
    try (BufferedReader reader = process.inputReader()) {
      List<String> lines = reader.lines().toList();
      process.waitFor();
      return lines;
    }
  }

  /** The process: makes the calls that it is told to, and says how each ended. */
  static final class Writer {
    static final int BYTES = 4096;

    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      try (FileChannel file =
          FileChannel.open(
              Path.of(arguments[0]),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        for (int i = 1; i < arguments.length; i++) {
          System.out.println(outcome(file, arguments[i]));
        }
      }
    }

    private static String outcome(FileChannel file, String call) {
      try {
        switch (call) {
          case "force" -> file.force(false);
          case "write" -> file.position(0).write(ByteBuffer.allocate(BYTES));
          case "pwrite" -> file.write(ByteBuffer.allocate(BYTES), 0);
          case "read" -> file.position(0).read(ByteBuffer.allocate(BYTES));
          case "pread" -> file.read(ByteBuffer.allocate(BYTES), 0);
          case "map" -> {
            MappedByteBuffer map = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
            map.put(0, (byte) 1);
            map.force();
          }
          default -> throw new IllegalArgumentException(call);
        }
        return "ok";
      } catch (IOException | UncheckedIOException e) {
        return String.valueOf(e.getMessage()).replaceAll(".*: ", "").replaceAll(" \\(.*", "");
      }
    }
  }
}
