package dev.funes.cli;

import dev.funes.cli.console.StandardStreams;

/** The entry point of the {@code funes} command. */
public final class Funes {
  private Funes() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      // Said without the command line, which takes longer to put together than to ask.
      System.out.println(Version.line());
      return;
    }
    if (!FunesCommandLine.isNode(args)) {
      silenceLogging();
    }
    System.exit(FunesCommandLine.create(args, StandardStreams.ofProcess()).execute(args));
  }

  /** Client commands say themselves what there is to say; setting up a log would cost them time. */
  static void silenceLogging() {
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
  }
}
