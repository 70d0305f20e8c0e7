package org.apache.ratis.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileOutputStreamTest {

  @TempDir private Path directory;
  private Path target;
  private Path temporary;

  @BeforeEach
  void writeAnOldFile() throws IOException {
    target = directory.resolve("file");
    temporary = directory.resolve("file.tmp");
    Files.writeString(target, "old");
  }

  @Test
  void showsTheNewFileOnlyWhenClosed() throws IOException {
    AtomicFileOutputStream out = new AtomicFileOutputStream(target.toFile());
    out.write("new".getBytes(UTF_8));
    out.flush();

    assertThat(target).hasContent("old");
    assertThat(temporary).exists();
    assertThat(out.isClosed()).isFalse();

    out.close();

    assertThat(target).hasContent("new");
    assertThat(temporary).doesNotExist();
    assertThat(out.isClosed()).isTrue();
  }

  @Test
  void forcesTheDirectoryAfterTheRename() throws IOException {
    List<String> seen = new ArrayList<>();
    AtomicFileOutputStream out =
        new AtomicFileOutputStream(
            target.toFile(),
            temporary.toFile(),
            forced -> seen.add(forced.equals(directory) + " " + Files.readString(target)));
    out.write("new".getBytes(UTF_8));

    out.close();
    out.close();

    assertThat(seen).containsExactly("true new");
  }

  @Test
  void failsWhenTheDirectoryCannotBeForced() throws IOException {
    AtomicFileOutputStream out =
        new AtomicFileOutputStream(
            target.toFile(),
            temporary.toFile(),
            forced -> {
              throw new IOException("no");
            });

    assertThatThrownBy(out::close).isInstanceOf(IOException.class).hasMessage("no");
  }

  @Test
  void doesNotPublishWhatCouldNotBeWrittenAlthoughItIsClosed() throws IOException {
    Files.writeString(temporary, "");
    FileChannel unwritable = FileChannel.open(temporary, StandardOpenOption.READ);
    AtomicFileOutputStream out =
        new AtomicFileOutputStream(
            target.toFile(),
            temporary.toFile(),
            new OutputStream() {
              @Override
              public void write(int one) throws IOException {
                fail("no room");
              }

              @Override
              public void close() throws IOException {
                unwritable.close();
              }
            },
            unwritable,
            forced -> {});

    assertThatThrownBy(() -> out.write("new".getBytes(UTF_8))).hasMessage("no room");

    assertThatThrownBy(out::close).isInstanceOf(IOException.class).hasMessageContaining("whole");
    assertThat(target).hasContent("old");
    assertThat(temporary).doesNotExist();
  }

  @Test
  void tellsWhoWatchesTheDirectoryOfEachFailure() throws IOException {
    List<Exception> told = new ArrayList<>();
    List<Exception> elsewhere = new ArrayList<>();
    Runnable watch = AtomicFileOutputStream.watchFailures(directory, told::add);
    Runnable other =
        AtomicFileOutputStream.watchFailures(directory.resolveSibling("other"), elsewhere::add);
    try {
      assertThatThrownBy(() -> publish(force -> fail("no"))).hasMessage("no");
      assertThat(told).extracting(Exception::getMessage).containsExactly("no");

      publish(forced -> {});
      assertThatThrownBy(() -> new AtomicFileOutputStream(directory.resolve("no/x").toFile()))
          .isInstanceOf(IOException.class);
      assertThat(told).hasSize(2);
      assertThat(elsewhere).isEmpty();
    } finally {
      watch.run();
      other.run();
    }
    assertThatThrownBy(() -> publish(force -> fail("no"))).hasMessage("no");
    assertThat(told).hasSize(2);
  }

  private void publish(AtomicFileOutputStream.DirectoryForce force) throws IOException {
    try (AtomicFileOutputStream out =
        new AtomicFileOutputStream(target.toFile(), temporary.toFile(), force)) {
      out.write("new".getBytes(UTF_8));
    }
  }

  private static void fail(String message) throws IOException {
    throw new IOException(message);
  }

  @Test
  void leavesTheOldFileWhenAborted() throws IOException {
    AtomicFileOutputStream out = new AtomicFileOutputStream(target.toFile());
    out.write("new".getBytes(UTF_8));

    out.abort();
    out.close();

    assertThat(target).hasContent("old");
    assertThat(temporary).doesNotExist();
  }

  @Test
  void namesTheTemporaryFileAsRatisExpectsIt() {
    assertThat(AtomicFileOutputStream.getTemporaryFile(target.toFile()))
        .isEqualTo(temporary.toFile());
    assertThat(AtomicFileOutputStream.TMP_EXTENSION).isEqualTo(".tmp");
  }
}
