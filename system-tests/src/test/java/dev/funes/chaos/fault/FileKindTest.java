package dev.funes.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a data directory are told apart by where they lie. */
class FileKindTest {
  @TempDir Path data;

  @Test
  void findsEachKindWhereNodesKeepIt() throws IOException {
    expect(FileKind.SEGMENT, "groups/1/partitions/orders-0.7/00000000000000000000.log");
    expect(FileKind.INDEX, "groups/1/partitions/orders-0.7/00000000000000000000.index");
    expect(FileKind.RAFT_LOG, "raft/8da67ab5-265c-3252-bdd1-01ed6a6cc8b2/current/log_0-12");
    expect(
        FileKind.RAFT_LOG_END,
        "raft/8da67ab5-265c-3252-bdd1-01ed6a6cc8b2/current/log_inprogress_13");
    expect(FileKind.RAFT_META, "raft/8da67ab5-265c-3252-bdd1-01ed6a6cc8b2/current/raft-meta");
    expect(FileKind.APPLIED_MARK, "raft/8da67ab5-265c-3252-bdd1-01ed6a6cc8b2/applied");
    expect(
        FileKind.RAFT_CONFIGURATION,
        "raft/8da67ab5-265c-3252-bdd1-01ed6a6cc8b2/current/raft-meta.conf");
    expect(FileKind.MANIFEST, "groups/2/checkpoints/345/manifest");
    expect(FileKind.STATE_TABLE, "groups/2/checkpoints/345/state/000012.sst");
    expect(FileKind.STATE_MANIFEST, "groups/2/checkpoints/345/state/MANIFEST-000005");
    expect(FileKind.METADATA_SNAPSHOT, "groups/0/metadata");
    expect(FileKind.NODE_JSON, "node.json");
    expect(FileKind.NODE_JSON, "node.json.copy");
  }

  @Test
  void passesOverEmptyFiles() throws IOException {
    Files.createFile(data.resolve("node.json"));

    assertThat(FileKind.NODE_JSON.find(data)).isEmpty();
  }

  @Test
  void passesOverCheckpointsThatAreNotTheNewest() throws IOException {
    for (String path :
        List.of("1/checkpoints/9", "1/checkpoints/12", "1/checkpoints/14.tmp", "2/checkpoints/5")) {
      Path checkpoint = Files.createDirectories(data.resolve("groups").resolve(path));
      Files.writeString(checkpoint.resolve("manifest"), "something");
    }
    Files.createDirectories(data.resolve("groups/1/checkpoints/15")); // not whole yet

    assertThat(FileKind.MANIFEST.find(data))
        .extracting(file -> data.relativize(file).toString())
        .containsExactly("groups/1/checkpoints/12/manifest", "groups/2/checkpoints/5/manifest");
  }

  private void expect(FileKind kind, String path) throws IOException {
    Path file = data.resolve(path);
    Files.createDirectories(data.resolve(path + "/..").normalize());
    Files.writeString(file, "something");

    for (FileKind each : FileKind.values()) {
      if (each == kind) {
        assertThat(each.find(data)).as(kind.text()).contains(file);
      } else {
        assertThat(each.find(data)).as(each.text()).doesNotContain(file);
      }
    }
  }
}
