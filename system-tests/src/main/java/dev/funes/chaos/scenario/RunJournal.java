package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.Journal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells what happens in a run, with the time since its begin, on the screen and in a file. */
final class RunJournal implements Journal, AutoCloseable {
  private final long beginNanos = System.nanoTime();
  private final PrintWriter file;

  RunJournal(Path file) throws IOException {
    this.file = new PrintWriter(Files.newBufferedWriter(file), true);
  }

  @Override
  public synchronized void say(String line) {
    String timed =
        String.format(Locale.ROOT, "%7.1f s  %s", (System.nanoTime() - beginNanos) / 1e9, line);
    System.out.println(timed);
    file.println(timed);
  }

  /** Without a time. */
  synchronized void print(String text) {
    System.out.println(text);
    file.println(text);
  }

  @Override
  public void close() {
    if (file.checkError()) {
      throw new UncheckedIOException(
          new IOException("the journal of the run could not be written"));
    }
    file.close();
  }
}
