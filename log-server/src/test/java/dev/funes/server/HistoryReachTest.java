package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.OffsetHistoryEntry;
import dev.funes.client.OffsetsAt;
import dev.funes.client.ResetTo;
import dev.funes.client.ResetTopic;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.replication.GroupLimits;
import dev.funes.replication.ReplicaLimits;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is too old for the history is not made up. */
class HistoryReachTest {
  private static final int COMMITS_KEPT = 5;
  private static final long DAY_MILLIS = 86_400_000;

  @RegisterExtension
  static final FunesCluster NODE =
      FunesCluster.ofNodes(1)
          .with(
              ReplicaLimits.DEFAULTS
                  .withExpiry(100, DAY_MILLIS)
                  .withGroups(new GroupLimits(10, 10, COMMITS_KEPT, 40_000, DAY_MILLIS)));

  @Test
  void saysHowFarItReachesBack() {
    String group = "trimmed";
    TopicPartition partition = new TopicPartition("t", 0);
    try (Admin admin = Admin.open(TestClients.config(NODE.addresses()))) {
      admin.createTopic("t", 1, TopicSettings.DEFAULTS);
      TestClients.produce(
          NODE.addresses(), "t", 0, IntStream.range(0, 30).mapToObj(Integer::toString).toList());
      admin.resetOffsets(
          group,
          List.of(ResetTopic.all("t")),
          new ResetTo.Offset(30),
          false); // entry 1 stays longer than commits
      for (int offset = 2; offset <= 20; offset++) {
        admin.commitOffsets(group, List.of(CommittedOffset.of(partition, offset)));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> admin.offsetHistory(group, 0, 100, false).entries().size() == COMMITS_KEPT + 1);

      List<OffsetHistoryEntry> entries = admin.offsetHistory(group, 0, 100, false).entries();
      assertThat(entries.getFirst().id()).isEqualTo(20);
      assertThat(entries.getLast().id()).isEqualTo(1);
      for (long id = 15; id <= 20; id++) {
        assertThat(admin.committedOffsetsAt(group, new OffsetsAt.Entry(id)))
            .extracting(CommittedOffset::offset)
            .containsExactly(id);
      }
      for (OffsetsAt tooOld :
          List.of(
              new OffsetsAt.Entry(14),
              new OffsetsAt.Entry(1),
              new OffsetsAt.Entry(0),
              new OffsetsAt.Time(entries.getLast().timeMillis()))) {
        assertThatThrownBy(() -> admin.committedOffsetsAt(group, tooOld))
            .as(tooOld.toString())
            .isInstanceOfSatisfying(
                FunesException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
            .hasMessageContaining("the history of group trimmed reaches back to entry 16 of 20");
      }
      admin.undoReset(group, false);
      assertThat(admin.committedOffsets(group)).isEmpty();
    }
  }
}
