package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunesNodeTest {
  @TempDir Path directory;

  @Test
  void namesThePortThatIsInUse() throws IOException {
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int free = freePort();
      assertRefused(config(used.getLocalPort(), free), "'port' " + used.getLocalPort());
      assertRefused(config(free, used.getLocalPort()), "'raft-port' " + used.getLocalPort());
    }
  }

  @Test
  void letsGoOfTheDataDirectoryWhenItDoesNotStart() throws IOException {
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NodeConfig config = config(used.getLocalPort(), freePort());
      assertRefused(config, "cannot be used");

      DataDirectory.open(config.data()).close();
    }
  }

  @Test
  void startsAgainOnWhatItLeftAndRefusesASecondOfItsKind() throws IOException {
    NodeConfig config = config(freePort(), freePort());
    for (int i = 0; i < 2; i++) {
      try (FunesNode node = FunesNode.start(config, (message, cause) -> {})) {
        assertThat(node.config()).isEqualTo(config);
        assertRefused(config, "is in use by another running node");
      }
    }
  }

  private static void assertRefused(NodeConfig config, String message) {
    assertThatThrownBy(() -> FunesNode.start(config, (why, cause) -> {}))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  private NodeConfig config(int port, int raftPort) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("cluster.yaml"),
            """
            cluster: test
            data: %s/data
            raft-groups: 1
            nodes: [{id: 1, host: 127.0.0.1, port: %d, raft-port: %d}]
            """
                .formatted(directory, port, raftPort));
    return NodeConfig.load(file, 1);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
