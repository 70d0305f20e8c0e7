package org.apache.ratis.util;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to the files of a vote and of the voters, it is seen. */
class MetaChecksumTest {

  private static final byte[] CONTENT = "#\n#some day\nterm=12\nvotedFor=n1\n".getBytes(US_ASCII);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"raft-meta", "raft-meta.conf"})
  void eachFlippedBitAndEachCutIsSeen(String name) throws IOException {
    Path file = write(name);
    byte[] written = Files.readAllBytes(file);

    assertThat(Arrays.copyOf(written, CONTENT.length)).isEqualTo(CONTENT);
    assertThat(MetaChecksum.matches(file, written)).isTrue();
    for (int bit = 0; bit < written.length * Byte.SIZE; bit++) {
      byte[] flipped = written.clone();
      flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      assertThat(MetaChecksum.matches(file, flipped)).as("bit %d", bit).isFalse();
    }
    for (int end = 0; end < written.length; end++) {
      assertThat(MetaChecksum.matches(file, Arrays.copyOf(written, end)))
          .as("cut at %d", end)
          .isFalse();
    }
  }

  @Test
  void termAndVoteAreReadAsBefore() throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(Files.readString(write("raft-meta"))));

    assertThat(properties).containsOnlyKeys("term", "votedFor").containsEntry("votedFor", "n1");
  }

  @Test
  void otherFilesGetNone() throws IOException {
    assertThat(Files.readAllBytes(write("other"))).isEqualTo(CONTENT);
  }

  private Path write(String name) throws IOException {
    Path file = directory.resolve(name);
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile())) {
      out.write(CONTENT);
    }
    return file;
  }
}
