package dev.funes.cli;

import dev.funes.cli.console.StandardStreams;

/** The entry point of the {@code funes} command. */
public final class Funes {
  private Funes() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    if (!FunesCommandLine.isNode(args)) {
      // Client commands say themselves what there is to say; setting up a log would cost them time.
      System.setProperty("slf4j.internal.verbosity", "ERROR");
      System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    }
    System.exit(FunesCommandLine.create(args, StandardStreams.ofProcess()).execute(args));
  }
}
