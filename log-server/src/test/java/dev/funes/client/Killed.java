package dev.funes.client;

/** Lets tests of other packages end a consumer as a killed process does. */
public final class Killed {
  private Killed() {}

  /** From any thread: its connections break, nothing is stored, and nobody is told. */
  public static void kill(Consumer consumer) {
    consumer.abort();
  }
}
