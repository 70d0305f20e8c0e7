package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.cluster.Topic;
import dev.funes.log.LogSettings;
import dev.funes.raft.TermIndexed;
import dev.funes.replication.MetadataCommand.AllocateProducerId;
import dev.funes.replication.MetadataCommand.AlterTopic;
import dev.funes.replication.MetadataCommand.CreateTopic;
import dev.funes.replication.MetadataCommand.DeleteTopic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataStateTest {

  private static final Placement PLACEMENT =
      Placement.of("test", List.of(new NodeEndpoint(new NodeId(1), "127.0.0.1", 7070, 7080)));
  private static final LogSettings SETTINGS = LogSettings.DEFAULTS;

  @TempDir Path directory;
  private MetadataState state;
  private int index;

  @BeforeEach
  void open() throws IOException {
    state =
        MetadataState.restore(
            directory,
            PLACEMENT,
            ReplicaLimits.DEFAULTS,
            InstantSource.system(),
            new CatchUp(1L << 30, (_, _) -> {}, () -> false));
  }

  @Test
  void topicIdsAreNeverGivenTwice() throws IOException {
    Topic first = new Topic("orders", 1, 3, SETTINGS);
    assertThat(topic(create("orders", 3))).isEqualTo(new TopicOutcome.Created(first));
    assertThat(topic(create("orders", 5))).isEqualTo(new TopicOutcome.TopicExists(first));
    assertThat(topic(new DeleteTopic("orders"))).isEqualTo(new TopicOutcome.Deleted(first));
    assertThat(topic(new DeleteTopic("orders"))).isEqualTo(new TopicOutcome.UnknownTopic("orders"));

    assertThat(topic(create("orders", 3)))
        .isEqualTo(new TopicOutcome.Created(new Topic("orders", 2, 3, SETTINGS)));
  }

  @Test
  void theLimitOfPartitionsIsThatOfTheWholeClusterAndComesWithTheCommand() throws IOException {
    topic(create("orders", 7));

    assertThat(topic(create("more", 4))).isEqualTo(new TopicOutcome.LimitExceeded(10));
    assertThat(topic(create("wild", Integer.MAX_VALUE)))
        .isEqualTo(new TopicOutcome.LimitExceeded(10));
    assertThat(topic(create("more", 3))).isInstanceOf(TopicOutcome.Created.class);
  }

  @Test
  void namesAndCountsAreCheckedAgainWhenTheyAreApplied() throws IOException {
    assertThat(topic(create("../etc", 1))).isInstanceOf(TopicOutcome.Invalid.class);
    assertThat(topic(create("orders", 0))).isInstanceOf(TopicOutcome.Invalid.class);
    assertThat(state.view().topics()).isEmpty();
  }

  @Test
  void listenersAreToldOfChangesAndOfNothingElse() throws IOException {
    List<ClusterView> views = new ArrayList<>();
    state.addListener(views::add);
    LogSettings altered = new LogSettings(1 << 20, 1_000, -1, -1);

    topic(create("orders", 1));
    topic(create("orders", 1));
    topic(new AlterTopic("orders", altered));
    topic(new AlterTopic("orders", altered));
    topic(new AlterTopic("none", altered));

    assertThat(views).extracting(ClusterView::version).containsExactly(1L, 2L);
    assertThat(views.getLast().topics()).containsExactly(new Topic("orders", 1, 1, altered));
  }

  @Test
  void aRestartFindsWhatWasThere() throws IOException {
    topic(create("orders", 3));
    topic(create("gone", 3));
    topic(new DeleteTopic("gone"));
    long producerId = producerId();
    ClusterView before = state.view();
    state.close();
    Files.writeString(directory.resolve("metadata.tmp"), "half a snapshot");

    open();

    assertThat(state.latestCheckpoint()).isEqualTo(new TermIndexed(2, index - 1));
    assertThat(state.view().topics()).containsExactlyElementsOf(before.topics());
    assertThat(state.view().version()).isEqualTo(before.version());
    assertThat(state.view().lastTopicId()).isEqualTo(2);
    assertThat(producerId()).isEqualTo(producerId + 1);
    assertThat(directory.resolve("metadata.tmp")).doesNotExist();
  }

  @Test
  void everyDamagedByteOfTheSnapshotIsNoticed() throws IOException {
    topic(create("orders", 3));
    state.close();
    Path file = directory.resolve("metadata");
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x20;
      Files.write(file, damaged);

      assertThatThrownBy(this::open)
          .as("byte %d", at)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.toString());
    }
    Files.write(file, whole);
    open();
    assertThat(state.view().topics()).hasSize(1);
  }

  private static CreateTopic create(String name, int partitions) {
    return new CreateTopic(name, partitions, SETTINGS, 10);
  }

  private TopicOutcome topic(MetadataCommand command) throws IOException {
    if (apply(command) instanceof MetadataReply.OfTopic(TopicOutcome outcome)) {
      return outcome;
    }
    throw new AssertionError("expected an outcome of a topic");
  }

  private long producerId() throws IOException {
    if (apply(new AllocateProducerId()) instanceof MetadataReply.ProducerId(long producerId)) {
      return producerId;
    }
    throw new AssertionError("expected a producer id");
  }

  private MetadataReply apply(MetadataCommand command) throws IOException {
    ByteBuffer reply = state.apply(2, index++, command.encode());
    return MetadataReply.decode(reply);
  }
}
