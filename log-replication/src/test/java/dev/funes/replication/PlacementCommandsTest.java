package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeDuty;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.RaftGroupId;
import dev.funes.replication.PlacementCommand.AddNode;
import dev.funes.replication.PlacementCommand.Found;
import dev.funes.replication.PlacementCommand.RegisterNode;
import dev.funes.replication.PlacementCommand.RemoveNode;
import dev.funes.replication.PlacementCommand.SetBalancing;
import dev.funes.replication.PlacementCommand.SetDuty;
import dev.funes.replication.PlacementCommand.SetReplicas;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacementCommandsTest {
  private static final String DATA_1 = "00000000-0000-0000-0000-000000000001";
  private static final String DATA_2 = "00000000-0000-0000-0000-000000000002";
  private static final RaftGroupId GROUP = new RaftGroupId(1);
  private static final Placement THREE = new Placement("c", nodes(3), 3, 6);

  @TempDir Path directory;
  private MetadataState state;
  private int index;

  @BeforeEach
  void open() throws IOException {
    state = restore(THREE);
  }

  private MetadataState restore(Placement configured) throws IOException {
    return MetadataState.restore(
        directory,
        configured,
        ReplicaLimits.DEFAULTS,
        InstantSource.system(),
        new CatchUp(1L << 30, (_, _) -> {}, () -> false));
  }

  @Test
  void everyCommandIsReadAsItWasWritten() {
    for (PlacementCommand command :
        List.of(
            new Found(new Placement("c", List.of(zoned(1), zoned(2)), 2, 5)),
            new RegisterNode(zoned(1), DATA_1),
            new AddNode(zoned(9)),
            new RemoveNode(new NodeId(9)),
            new SetReplicas(GROUP, ids(1, 2, 3), ids(4, 2, 3)),
            new SetDuty(new NodeId(1), new NodeDuty.Active()),
            new SetDuty(new NodeId(1), new NodeDuty.Drained()),
            new SetDuty(new NodeId(1), new NodeDuty.Replaced(new NodeId(4))),
            new SetBalancing(true))) {
      ByteBuffer bytes = command.encode();

      assertThat(MetadataCommand.decode(bytes.duplicate())).isEqualTo(command);
      for (int cut = 0; cut < bytes.limit(); cut++) {
        ByteBuffer part = bytes.duplicate().limit(cut);
        assertThatThrownBy(() -> MetadataCommand.decode(part))
            .as("%s cut to %d bytes", command, cut)
            .isInstanceOf(MalformedEntryException.class);
      }
    }
  }

  @Test
  void whatALaterVersionWroteIsRefusedAndBothVersionsAreNamed() {
    ByteBuffer entry = new RemoveNode(new NodeId(1)).encode();

    assertThatThrownBy(() -> MetadataCommand.decode(entry.duplicate().put(0, (byte) 2)))
        .isInstanceOf(UnknownCommandException.class)
        .hasMessageContaining(
            "metadata entry version 2 is there, and this version of Funes reads version 1");
    entry.put(0, (byte) 1);
    assertThatThrownBy(() -> MetadataCommand.decode(entry.duplicate().put(1, (byte) 12)))
        .isInstanceOf(UnknownCommandException.class)
        .hasMessageContaining(
            "metadata command type 12 is there, and this version of Funes reads 1 to 11");
  }

  @Test
  void nothingChangesBeforeThePlacementIsStored() throws IOException {
    assertThat(apply(new AddNode(node(4)))).isInstanceOf(PlacementOutcome.Busy.class);
    assertThat(apply(new SetReplicas(GROUP, ids(1, 2, 3), ids(2, 1, 3))))
        .isInstanceOf(PlacementOutcome.Busy.class);
    assertThat(state.view().version()).isZero();
  }

  @Test
  void aNodeThatJoinedTakesThePlacementThatIsStored() throws IOException {
    state = restore(new Placement("c", List.of(node(2)), 1, 6));

    assertThat(apply(new Found(THREE))).isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new Found(new Placement("c", nodes(5), 3, 6))))
        .isEqualTo(new PlacementOutcome.Done());

    assertThat(state.view().placement()).isEqualTo(THREE);
    assertThat(state.view().members().founded()).isTrue();
  }

  @Test
  void aNodeIsKnownWithOneDirectory() throws IOException {
    apply(new Found(THREE));

    assertThat(apply(new RegisterNode(node(1), DATA_1))).isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new RegisterNode(node(1), DATA_2)))
        .isInstanceOfSatisfying(
            PlacementOutcome.Invalid.class,
            invalid -> assertThat(invalid.why()).contains("replace-node 1"));
    assertThat(apply(new RegisterNode(node(4), DATA_1)))
        .isInstanceOf(PlacementOutcome.Invalid.class);
    assertThat(state.view().members().dataId(new NodeId(1))).isEqualTo(DATA_1);
  }

  @Test
  void aNodeThatHasMovedIsFoundWhereItIs() throws IOException {
    apply(new Found(THREE));
    NodeEndpoint moved = new NodeEndpoint(new NodeId(1), "elsewhere", 1, 2);

    apply(new RegisterNode(moved, DATA_1));

    assertThat(state.view().placement().node(new NodeId(1))).isEqualTo(moved);
    assertThat(state.view().placement().dataReplicas()).isEqualTo(THREE.dataReplicas());
  }

  @Test
  void aNodeIsAddedOnceAndItsIdNeverAgain() throws IOException {
    apply(new Found(THREE));

    assertThat(apply(new AddNode(node(4)))).isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new AddNode(node(4)))).isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new AddNode(new NodeEndpoint(new NodeId(4), "x", 1, 2))))
        .isInstanceOf(PlacementOutcome.Invalid.class);
    assertThat(apply(new AddNode(new NodeEndpoint(new NodeId(5), "host1", 7070, 2))))
        .isInstanceOf(PlacementOutcome.Invalid.class);
    assertThat(state.view().placement().replicas(RaftGroupId.METADATA)).isEqualTo(ids(1, 2, 3, 4));

    assertThat(apply(new RemoveNode(new NodeId(4)))).isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new RemoveNode(new NodeId(4)))).isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new AddNode(node(4))))
        .isInstanceOfSatisfying(
            PlacementOutcome.Invalid.class,
            invalid -> assertThat(invalid.why()).contains("take another one"));
  }

  @Test
  void thereAreAtMostSevenNodes() throws IOException {
    apply(new Found(new Placement("c", nodes(7), 3, 6)));

    assertThat(apply(new AddNode(node(8))))
        .isEqualTo(
            new PlacementOutcome.Invalid("placement", "a cluster has at most 7 nodes, had 8"));
  }

  @Test
  void aNodeWithRaftGroupsStays() throws IOException {
    apply(new Found(THREE));

    assertThat(apply(new RemoveNode(new NodeId(3))))
        .isInstanceOfSatisfying(
            PlacementOutcome.Invalid.class,
            invalid -> assertThat(invalid.why()).contains("has 6 data raft groups"));
    assertThat(apply(new RemoveNode(new NodeId(9)))).isInstanceOf(PlacementOutcome.Invalid.class);
  }

  @Test
  void aRaftGroupMovesFromWhereItIsExpectedOnly() throws IOException {
    apply(new Found(THREE));
    apply(new AddNode(node(4)));

    assertThat(apply(new SetReplicas(GROUP, ids(1, 2, 3), ids(4, 2, 3))))
        .isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new SetReplicas(GROUP, ids(1, 2, 3), ids(3, 2, 1))))
        .isEqualTo(new PlacementOutcome.Moved(ids(4, 2, 3)));
    for (List<NodeId> wrong : List.of(ids(1, 2), ids(1, 2, 2), ids(1, 2, 9), ids(1, 2, 3, 4))) {
      assertThat(apply(new SetReplicas(GROUP, ids(4, 2, 3), wrong)))
          .as("%s", wrong)
          .isInstanceOf(PlacementOutcome.Invalid.class);
    }
    for (int group : List.of(0, 7)) {
      assertThat(apply(new SetReplicas(new RaftGroupId(group), ids(1, 2, 3), ids(3, 2, 1))))
          .isInstanceOf(PlacementOutcome.Invalid.class);
    }
    assertThat(state.view().placement().replicas(GROUP)).isEqualTo(ids(4, 2, 3));
  }

  @Test
  void noMoreNodesAreEmptiedThanCanBeSpared() throws IOException {
    apply(new Found(THREE));
    assertThat(apply(new SetDuty(new NodeId(1), new NodeDuty.Drained())))
        .isInstanceOfSatisfying(
            PlacementOutcome.Invalid.class,
            invalid -> assertThat(invalid.why()).contains("replication factor is 3"));
    apply(new AddNode(node(4)));

    assertThat(apply(new SetDuty(new NodeId(1), new NodeDuty.Drained())))
        .isEqualTo(new PlacementOutcome.Done());
    assertThat(apply(new SetDuty(new NodeId(2), new NodeDuty.Replaced(new NodeId(1)))))
        .isInstanceOf(PlacementOutcome.Invalid.class);
    assertThat(apply(new SetDuty(new NodeId(1), new NodeDuty.Active())))
        .isEqualTo(new PlacementOutcome.Done());
    assertThat(state.view().members().duties()).isEmpty();
  }

  @Test
  void aRestartFindsNodesAndPlacement() throws IOException {
    apply(new Found(THREE));
    apply(new AddNode(zoned(4)));
    apply(new AddNode(node(5)));
    apply(new RemoveNode(new NodeId(5)));
    apply(new RegisterNode(node(1), DATA_1));
    apply(new SetReplicas(GROUP, ids(1, 2, 3), ids(4, 2, 3)));
    apply(new SetDuty(new NodeId(1), new NodeDuty.Replaced(new NodeId(4))));
    apply(new SetBalancing(true));
    ClusterView before = state.view();
    state.close();

    state = restore(new Placement("c", nodes(2), 1, 6));

    assertThat(state.view().placement()).isEqualTo(before.placement());
    assertThat(state.view().members()).isEqualTo(before.members());
    assertThat(state.view().version()).isEqualTo(before.version());
  }

  @Test
  void aSnapshotOfALaterVersionIsRefusedAndBothAreNamed() throws IOException {
    apply(new Found(THREE));
    state.close();
    Path file = directory.resolve(MetadataSnapshot.FILE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[0] = 3;
    Files.write(file, bytes);

    assertThatThrownBy(() -> restore(THREE))
        .hasMessageContaining(
            "version 3 is there, and this version of Funes reads versions 1 to 2");
  }

  @Test
  void aSnapshotOfTheVersionBeforeHasThePlacementOfTheConfiguration() throws IOException {
    ByteBuffer old = ByteBuffer.allocate(5 + 6 * Long.BYTES + Integer.BYTES);
    old.put((byte) 1).putInt(0);
    old.putLong(3).putLong(17).putLong(0).putLong(5).putLong(2).putLong(8).putInt(0).flip();
    CRC32C crc = new CRC32C();
    crc.update(old.duplicate().position(5));
    old.putInt(1, (int) crc.getValue());
    Files.write(directory.resolve(MetadataSnapshot.FILE), old.array());

    state = restore(THREE);

    assertThat(state.view().placement()).isEqualTo(THREE);
    assertThat(state.view().version()).isEqualTo(5);
    assertThat(state.view().members().founded()).isFalse();
  }

  private PlacementOutcome apply(PlacementCommand command) throws IOException {
    ByteBuffer reply = state.apply(1, index++, command.encode());
    return ((MetadataReply.OfPlacement) MetadataReply.decode(reply)).outcome();
  }

  private static List<NodeId> ids(int... values) {
    List<NodeId> ids = new ArrayList<>();
    for (int value : values) {
      ids.add(new NodeId(value));
    }
    return ids;
  }

  private static List<NodeEndpoint> nodes(int count) {
    List<NodeEndpoint> nodes = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      nodes.add(node(id));
    }
    return nodes;
  }

  private static NodeEndpoint node(int id) {
    return new NodeEndpoint(new NodeId(id), "host" + id, 7070, 7080);
  }

  private static NodeEndpoint zoned(int id) {
    return new NodeEndpoint(new NodeId(id), "host" + id, 7070, 7080, "zone-" + id);
  }
}
