package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.apache.ratis.util.AwaitToRun;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.PureJavaCrc32C;
import org.junit.jupiter.api.Test;

/** Ratis as a whole, with its dependencies, must not bring its own jars back. */
class ReplacedRatisClassesTest {

  @Test
  void haveOurClassesAndNoOthers() throws IOException {
    for (Class<?> type :
        List.of(
            PureJavaCrc32C.class,
            AtomicFileOutputStream.class,
            AwaitToRun.class,
            LifeCycle.class)) {
      String file = type.getName().replace('.', '/') + ".class";

      assertThat(Collections.list(type.getClassLoader().getResources(file))).hasSize(1);
      assertThat(type.getProtectionDomain().getCodeSource())
          .isEqualTo(PureJavaCrc32C.class.getProtectionDomain().getCodeSource());
    }
    String writer = "org/apache/ratis/server/raftlog/segmented/BufferedWriteChannel.class";
    assertThat(Collections.list(RaftLog.class.getClassLoader().getResources(writer))).hasSize(1);
    assertThat(
            RaftLog.class
                .getClassLoader()
                .getResource(writer.replace("BufferedWriteChannel", "CachedEntries")))
        .as("the original jar has none")
        .isNotNull();
    assertThat(
            Arrays.stream(PureJavaCrc32C.class.getDeclaredFields()).map(f -> f.getType().getName()))
        .as("the original has tables")
        .containsExactly(CRC32C.class.getName());
    assertThat(Arrays.stream(AtomicFileOutputStream.class.getDeclaredClasses()))
        .as("the original forces no directory")
        .extracting(Class::getSimpleName)
        .contains("DirectoryForce");
    assertThat(Arrays.stream(AwaitToRun.class.getDeclaredFields()).map(Field::getName))
        .as("the original waits for its thread while others wait for it")
        .contains("signals");
  }
}
