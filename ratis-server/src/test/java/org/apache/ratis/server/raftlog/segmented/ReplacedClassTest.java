package org.apache.ratis.server.raftlog.segmented;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.Test;

/**
 * Holds the replaced class to what it replaces. Who raises the version of Ratis must look at the
 * original, decide whether ours is still right and still needed, and then write the new version and
 * digest here.
 */
class ReplacedClassTest {

  private static final String RATIS_VERSION = "3.3.0";
  private static final String ORIGINAL_SHA256 =
      "d98b1f3910ab3d73f694e0a05c0c006d8721f053f357b48a7d09af0b173b9501";

  private static final String FILE =
      BufferedWriteChannel.class.getName().replace('.', '/') + ".class";

  /** The build unpacks the original here, outside of every class path. */
  private static final Path ORIGINAL = Path.of("target", "replaced-classes", FILE);

  @Test
  void wasLookedAtForThisVersionOfRatis() throws Exception {
    Properties version = new Properties();
    try (InputStream in =
        LifeCycle.class.getClassLoader().getResourceAsStream("ratis-version.properties")) {
      version.load(in);
    }

    assertThat(version.getProperty("version")).isEqualTo(RATIS_VERSION);
    assertThat(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(ORIGINAL))))
        .isEqualTo(ORIGINAL_SHA256);
  }

  @Test
  void isWhatGetsLoadedBesideAllOthersOfItsJar() throws IOException {
    List<URL> found =
        Collections.list(BufferedWriteChannel.class.getClassLoader().getResources(FILE));

    assertThat(found).hasSize(1);
    assertThat(found.getFirst().openStream().readAllBytes())
        .isNotEqualTo(Files.readAllBytes(ORIGINAL));
    assertThat(SegmentedRaftLog.class.getProtectionDomain().getCodeSource())
        .isEqualTo(BufferedWriteChannel.class.getProtectionDomain().getCodeSource());
  }
}
