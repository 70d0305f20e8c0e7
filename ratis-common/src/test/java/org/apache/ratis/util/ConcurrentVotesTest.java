package org.apache.ratis.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A candidate that votes for itself while it is asked for its vote. */
@Timeout(60)
class ConcurrentVotesTest {

  @TempDir private Path directory;

  /** As in Ratis, where the second of two failed because its temporary file was gone. */
  @Test
  void writersOfTheSameFileWaitForEachOther() throws Exception {
    Path file = directory.resolve("file");
    List<Exception> told = new ArrayList<>();
    Runnable unwatch = AtomicFileOutputStream.watchFailures(directory, told::add);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        String text = String.valueOf(thread).repeat(10_000);
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    write(file, text);
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      unwatch.run();
    }

    assertThat(Files.readString(file)).hasSize(10_000).matches("(\\d)\\1*");
    assertThat(told).isEmpty();
  }

  @Test
  void aVoteOnTheDiskIsNotReplacedByAnOlderOne() throws IOException {
    Path file = directory.resolve("raft-meta");
    List<Exception> told = new ArrayList<>();
    Runnable unwatch = AtomicFileOutputStream.watchFailures(directory, told::add);
    write(file, meta(4, ""));
    write(file, meta(5, ""));
    write(file, meta(5, "n1"));
    write(file, meta(5, "n1"));

    assertStale(file, meta(5, "n2"));
    assertStale(file, meta(5, ""));
    assertStale(file, meta(4, "n1"));
    assertThat(Files.readString(file)).startsWith(meta(5, "n1"));
    assertThat(directory.resolve("raft-meta.tmp")).doesNotExist();

    write(file, meta(6, "n2"));
    assertThat(Files.readString(file)).startsWith(meta(6, "n2"));
    assertThat(told).as("what is no fault of the disk").isEmpty();
    unwatch.run();
  }

  @Test
  void whatIsNoVoteMayBeReplacedByAnything() throws IOException {
    Path file = directory.resolve("other");
    write(file, meta(5, "n1"));
    assertThatCode(() -> write(file, meta(4, "n2"))).doesNotThrowAnyException();
  }

  @Test
  void doesNotWaitForEver() throws IOException {
    FilesBeingWritten files = new FilesBeingWritten(50);
    files.take(directory);
    assertThatThrownBy(() -> files.take(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is being written by another for 50 ms");
    files.release(directory);
    assertThatCode(() -> files.take(directory)).doesNotThrowAnyException();
  }

  private static void assertStale(Path file, String text) {
    assertThatThrownBy(() -> write(file, text))
        .isInstanceOf(StaleVoteException.class)
        .hasMessageContaining("which stays");
  }

  private static String meta(long term, String vote) {
    return "term=" + term + "\nvotedFor=" + vote + "\n";
  }

  private static void write(Path file, String text) throws IOException {
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile())) {
      out.write(text.getBytes(UTF_8));
    }
  }
}
