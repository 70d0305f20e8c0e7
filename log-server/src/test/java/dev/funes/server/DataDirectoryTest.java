package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final NodeIdentity NODE_1 = new NodeIdentity(1, "demo", 1, List.of(1, 2, 3), 3, 6);

  @TempDir Path parent;

  @Test
  void takesAnEmptyDirectoryAndThenItsOwn() throws IOException {
    Path data = parent.resolve("new/data");

    DataDirectory.open(data, NODE_1).close();
    DataDirectory.open(data, NODE_1).close();

    assertThat(data.resolve("node.json")).content().contains("\"cluster\" : \"demo\"");
    assertThat(data.resolve("probe.tmp")).doesNotExist();
  }

  @Test
  void refusesDataOfAnotherNodeClusterOrPlacement() throws IOException {
    Path data = parent.resolve("data");
    DataDirectory.open(data, NODE_1).close();
    List<NodeIdentity> others =
        List.of(
            new NodeIdentity(1, "other", 1, List.of(1, 2, 3), 3, 6),
            new NodeIdentity(1, "demo", 2, List.of(1, 2, 3), 3, 6),
            new NodeIdentity(1, "demo", 1, List.of(1, 2, 4), 3, 6),
            new NodeIdentity(1, "demo", 1, List.of(1, 2, 3), 1, 6),
            new NodeIdentity(1, "demo", 1, List.of(1, 2, 3), 3, 5),
            new NodeIdentity(2, "demo", 1, List.of(1, 2, 3), 3, 6));
    List<String> whats =
        List.of("cluster", "node", "nodes", "replication-factor", "raft-groups", "format version");
    String before = Files.readString(data.resolve("node.json"));

    for (int i = 0; i < others.size(); i++) {
      NodeIdentity other = others.get(i);
      assertThatThrownBy(() -> DataDirectory.open(data, other))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("node.json")
          .hasMessageContaining("holds data of " + whats.get(i) + " ");
    }
    assertThat(data.resolve("node.json")).hasContent(before);
  }

  @Test
  void refusesADamagedIdentity() throws IOException {
    Path data = parent.resolve("data");
    DataDirectory.open(data, NODE_1).close();
    for (String damaged : List.of("", "{", "[]", "{\"format\": 1}", "null")) {
      Files.writeString(data.resolve("node.json"), damaged);

      assertThatThrownBy(() -> DataDirectory.open(data, NODE_1))
          .as("node.json with '%s'", damaged)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("node.json: is damaged");
    }
  }

  @Test
  void isHeldByOneNodeAtATime() throws IOException {
    Path data = parent.resolve("data");
    try (DataDirectory held = DataDirectory.open(data, NODE_1)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> DataDirectory.open(data, NODE_1))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(data + " is in use by another running node");
    }
    DataDirectory.open(data, NODE_1).close();
  }

  @Test
  void refusesWhatIsNoDirectory() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");

    assertThatThrownBy(() -> DataDirectory.open(file, NODE_1))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("data directory " + file + " cannot be used");
  }

  @Test
  void refusesADiskThatCannotBeWritten() {
    Path readOnly = Path.of("/proc/funes");
    assumeTrue(Files.isDirectory(Path.of("/proc/self")));

    assertThatThrownBy(() -> DataDirectory.open(readOnly, NODE_1))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("data directory /proc/funes cannot be used");
  }
}
