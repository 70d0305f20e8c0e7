package dev.funes.cli.console;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person is watching. */
public final class Terminal {
  private static final boolean STDERR = isTerminal("/proc/self/fd/2");
  private static final boolean STDOUT = isTerminal("/proc/self/fd/1");
  private static final boolean STDIN = isTerminal("/proc/self/fd/0");

  private Terminal() {}

  /** True when standard error goes to a terminal: hints and progress are said only then. */
  public static boolean onStandardError() {
    return STDERR;
  }

  /** True when standard input comes from a terminal: questions are asked only then. */
  public static boolean onStandardInput() {
    return STDIN;
  }

  /** True when standard output goes to a terminal: what is watched is drawn anew only then. */
  public static boolean onStandardOutput() {
    return STDOUT;
  }

  /** True when a person types and reads the output: changes are shown before they are made. */
  public static boolean onBothEnds() {
    return STDIN && STDOUT;
  }

  @SuppressWarnings("SystemConsoleNull") // its declared type says that it may be null
  private static boolean isTerminal(String descriptor) {
    Path path = Path.of(descriptor);
    try {
      if (Files.exists(path)) {
        String target = path.toRealPath().toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      }
    } catch (IOException e) {
      // A pipe or a socket has no path.
      return false;
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
