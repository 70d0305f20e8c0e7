package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a process, in processes of its own. */
class FatalHandlerTest {
  private static final int SECONDS_MAX = 60;

  @TempDir Path directory;

  @Test
  void theMessageIsInTheLogWhenTheProcessHasEnded() throws Exception {
    Path log = directory.resolve("log");
    Process process = start(Ends.class, ProcessBuilder.Redirect.to(log.toFile()));

    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(FatalHandler.EXIT_STATUS);
    assertThat(Files.readString(log))
        .contains("node stops: it is over")
        .contains("the disk")
        .doesNotContain(Ends.HOOK);
  }

  @Test
  void endsWhenTheLogTakesNothingAnyMore() throws Exception {
    Process process = start(EndsMute.class, ProcessBuilder.Redirect.PIPE); // that nobody reads

    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).isEqualTo(FatalHandler.EXIT_STATUS);
  }

  private static Process start(Class<?> main, ProcessBuilder.Redirect output) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()))
        .redirectErrorStream(true)
        .redirectOutput(output)
        .start();
  }

  static final class Ends {
    static final String HOOK = "a hook has run";

    private Ends() {}

    public static void main(String[] arguments) throws Exception {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(HOOK)));
      FatalHandler.halt(TimeUnit.SECONDS.toMillis(SECONDS_MAX) / 2)
          .fatal("it is over", new IOException("the disk"));
      throw new AssertionError("not reached");
    }
  }

  /** Its output is full, and a thread of it hangs there with the lock of the stream. */
  static final class EndsMute {
    private static final int LOOKS = 1_000;
    private static volatile int lines;

    private EndsMute() {}

    public static void main(String[] arguments) {
      FatalHandler fatal = FatalHandler.halt();
      Thread writer = Thread.ofPlatform().daemon().start(EndsMute::fill);
      int before = -1;
      for (int looks = 0; looks < LOOKS; looks++) {
        if (lines != before || writer.getStackTrace().length == 0) {
          looks = 0;
          before = lines;
        }
      }
      fatal.fatal("it is over", null);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
    private static void fill() {
      String line = "x".repeat(1_000);
      while (true) {
        System.out.println(line);
        lines++;
      }
    }
  }
}
