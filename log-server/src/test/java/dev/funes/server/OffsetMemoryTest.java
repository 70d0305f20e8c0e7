package dev.funes.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.OffsetBookmark;
import dev.funes.client.OffsetCause;
import dev.funes.client.OffsetChange;
import dev.funes.client.OffsetHistoryEntry;
import dev.funes.client.OffsetHistoryPage;
import dev.funes.client.OffsetTarget;
import dev.funes.client.OffsetsAt;
import dev.funes.client.ResetOffset;
import dev.funes.client.ResetResult;
import dev.funes.client.ResetTo;
import dev.funes.client.ResetTopic;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import dev.funes.server.testing.FunesCluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What was stored can be seen, and brought back, exactly. */
class OffsetMemoryTest {
  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static final int PARTITIONS = 3;
  private static final int RECORDS = 40;
  private static final List<String> TOPICS = List.of("orders", "parcels");

  private static Admin admin;

  @BeforeAll
  static void fill() {
    admin = Admin.open(TestClients.config(CLUSTER.addresses()));
    List<String> values = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      values.add("value " + i);
    }
    for (String topic : TOPICS) {
      admin.createTopic(topic, PARTITIONS, TopicSettings.DEFAULTS);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        TestClients.produce(CLUSTER.addresses(), topic, partition, values);
      }
    }
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  @Test
  void undoBringsBackWhatWasThereAndWhatWasNot() {
    String group = "undo";
    TopicPartition first = new TopicPartition("orders", 0);
    admin.commitOffsets(group, List.of(CommittedOffset.of(first, 7)));

    ResetResult reset =
        admin.resetOffsets(group, List.of(ResetTopic.all("orders")), new ResetTo.Start(), false);
    assertThat(offsets(group)).hasSize(PARTITIONS).containsValue(0L).doesNotContainValue(7L);
    admin.commitOffsets(group, List.of(CommittedOffset.of(first, 30)));

    ResetResult dry = admin.undoReset(group, true);
    assertThat(dry.historyId()).isZero();
    assertThat(dry.undoneId()).isEqualTo(reset.historyId());
    assertThat(dry.offsets().getFirst())
        .isEqualTo(new ResetOffset(first, 30L, 7L, null, 0, RECORDS));
    assertThat(dry.offsets().getFirst().readAgain()).isEqualTo(23);
    assertThat(dry.offsets().getLast().toOffset()).as("there was none").isNull();

    ResetResult undo = admin.undoReset(group, false);
    assertThat(undo.offsets()).isEqualTo(dry.offsets());
    assertThat(undo.historyId()).isGreaterThan(reset.historyId());
    assertThat(offsets(group)).containsExactly(Map.entry(first, 7L));
    assertFails(ErrorCode.NOTHING_TO_UNDO, () -> admin.undoReset(group, false));

    assertThat(history(group))
        .extracting(OffsetHistoryEntry::cause)
        .containsExactly(
            OffsetCause.UNDO, OffsetCause.COMMIT, OffsetCause.RESET, OffsetCause.COMMIT);
    assertThat(admin.offsetHistory(group, 0, 10, true).entries())
        .extracting(OffsetHistoryEntry::cause)
        .containsExactly(OffsetCause.UNDO, OffsetCause.RESET);
  }

  @Test
  void aSecondUndoGoesOneResetFurtherBackAndDeletionsCanBeUndone() {
    String group = "twice";
    TopicPartition first = new TopicPartition("orders", 0);
    admin.commitOffsets(group, List.of(CommittedOffset.of(first, 5)));
    admin.resetOffsets(group, List.of(), new ResetTo.Offset(10), false);
    admin.resetOffsets(group, List.of(), new ResetTo.Offset(20), false);
    admin.deleteOffsets(group, List.of());
    assertThat(offsets(group)).isEmpty();

    for (long expected : List.of(20, 10, 5)) {
      admin.undoReset(group, false);
      assertThat(offsets(group)).containsExactly(Map.entry(first, expected));
    }
    assertFails(ErrorCode.NOTHING_TO_UNDO, () -> admin.undoReset(group, false));
  }

  @Test
  void targetsOutsideTheLogAreMovedIntoItAndTheAnswerSaysSo() {
    String group = "outside";
    TopicPartition first = new TopicPartition("orders", 0);
    TopicPartition second = new TopicPartition("orders", 1);

    ResetResult reset =
        admin.resetOffsets(
            group,
            List.of(),
            new ResetTo.Targets(
                List.of(
                    new OffsetTarget(first, 1_000L),
                    new OffsetTarget(second, 3L),
                    new OffsetTarget(new TopicPartition("orders", 2), null)),
                OffsetCause.IMPORT),
            false);

    assertThat(reset.offsets().get(0))
        .isEqualTo(new ResetOffset(first, null, 40L, 1_000L, 0, RECORDS));
    assertThat(reset.offsets().get(1))
        .isEqualTo(new ResetOffset(second, null, 3L, null, 0, RECORDS));
    assertThat(offsets(group)).containsExactly(Map.entry(first, 40L), Map.entry(second, 3L));
    assertThat(history(group).getFirst().cause()).isEqualTo(OffsetCause.IMPORT);
  }

  @Test
  void bookmarksKeepOffsetsUnderAName() {
    String group = "marks";
    TopicPartition first = new TopicPartition("orders", 0);
    TopicPartition other = new TopicPartition("parcels", 2);
    admin.commitOffsets(group, List.of(CommittedOffset.of(first, 5)));

    OffsetBookmark made = admin.putBookmark(group, "before", false);
    assertThat(made.offsets()).extracting(CommittedOffset::offset).containsExactly(5L);
    assertFails(ErrorCode.BOOKMARK_EXISTS, () -> admin.putBookmark(group, "before", false));
    admin.commitOffsets(group, List.of(CommittedOffset.of(first, 9), CommittedOffset.of(other, 2)));
    admin.putBookmark(group, "after", false);
    assertThat(admin.bookmarks(group))
        .extracting(OffsetBookmark::name)
        .containsExactly("after", "before");
    assertThat(byPartition(admin.committedOffsetsAt(group, new OffsetsAt.Bookmark("before"))))
        .containsExactly(Map.entry(first, 5L));

    admin.resetOffsets(group, List.of(), new ResetTo.Bookmark("before"), false);
    assertThat(offsets(group))
        .as("what the bookmark does not hold stays")
        .containsExactly(Map.entry(first, 5L), Map.entry(other, 2L));
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            admin.resetOffsets(
                group, List.of(ResetTopic.all("parcels")), new ResetTo.Bookmark("before"), false));

    admin.putBookmark(group, "after", true);
    admin.deleteBookmark(group, "before");
    assertThat(admin.bookmarks(group)).hasSize(1);
    assertFails(ErrorCode.UNKNOWN_BOOKMARK, () -> admin.deleteBookmark(group, "before"));
    assertFails(
        ErrorCode.UNKNOWN_BOOKMARK,
        () -> admin.resetOffsets(group, List.of(), new ResetTo.Bookmark("before"), false));
  }

  @Test
  void historyComesInPages() {
    String group = "pages";
    for (int i = 1; i <= 25; i++) {
      admin.commitOffsets(
          group, List.of(CommittedOffset.of(new TopicPartition("orders", i % 3), i)));
    }

    List<OffsetHistoryEntry> all = new ArrayList<>();
    OffsetHistoryPage page = admin.offsetHistory(group, 0, 10, false);
    all.addAll(page.entries());
    while (page.more()) {
      assertThat(page.entries()).hasSize(10);
      page = admin.offsetHistory(group, all.getLast().id(), 10, false);
      all.addAll(page.entries());
    }
    assertThat(all).hasSize(25).isEqualTo(history(group));
    assertThat(all.getFirst().changes()).containsExactly(new OffsetChange("orders", 1, 22L, 25L));
    assertThat(all.getLast().changes()).containsExactly(new OffsetChange("orders", 1, null, 1L));
    assertThat(admin.offsetHistory(group, 0, 10, true))
        .isEqualTo(new OffsetHistoryPage(List.of(), false));
  }

  @Test
  void theHistoryOfATopicThatIsGoneSaysSo() {
    String group = "gone";
    admin.createTopic("gone", 1, TopicSettings.DEFAULTS);
    admin.commitOffsets(group, List.of(CommittedOffset.of(new TopicPartition("gone", 0), 0)));
    admin.commitOffsets(group, List.of(CommittedOffset.of(new TopicPartition("orders", 0), 1)));
    admin.resetOffsets(group, List.of(ResetTopic.all("gone")), new ResetTo.Start(), false);
    admin.putBookmark(group, "all", false);
    admin.deleteTopic("gone");

    await() // the node that coordinates the group hears of it a moment later
        .untilAsserted(
            () ->
                assertThat(history(group).getLast().changes().getFirst().topic())
                    .startsWith("(deleted topic "));
    assertThat(admin.bookmarks(group).getFirst().offsets()).hasSize(1);
    assertFails(ErrorCode.NOTHING_TO_UNDO, () -> admin.undoReset(group, false));
  }

  /** Whatever is done, every moment of the history is what a map of the offsets was then. */
  @Test
  void everyMomentEqualsAModel() {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("seed: -Dfunes.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 3; round++) {
      String group = "model-" + round;
      ModelGroup model = new ModelGroup();
      for (int step = 0; step < 40; step++) {
        model.step(group, random);
        assertThat(offsets(group)).as("step %d, seed %d", step, seed).isEqualTo(model.now());
      }
      List<OffsetHistoryEntry> entries = history(group);
      assertThat(entries).hasSize(model.moments.size() - 1);
      for (OffsetHistoryEntry entry : entries) {
        assertThat(byPartition(admin.committedOffsetsAt(group, new OffsetsAt.Entry(entry.id()))))
            .as("after entry %d, seed %d", entry.id(), seed)
            .isEqualTo(model.moments.get((int) entry.id()));
      }
      assertThat(admin.committedOffsetsAt(group, new OffsetsAt.Entry(0))).isEmpty();
      assertTimes(group, entries, model);
    }
  }

  private static void assertTimes(
      String group, List<OffsetHistoryEntry> entries, ModelGroup model) {
    for (int i = 0; i < entries.size(); i++) {
      OffsetHistoryEntry entry = entries.get(i);
      boolean isLastOfItsTime = i == 0 || entries.get(i - 1).timeMillis() > entry.timeMillis();
      if (isLastOfItsTime) {
        assertThat(
                byPartition(
                    admin.committedOffsetsAt(group, new OffsetsAt.Time(entry.timeMillis()))))
            .as("at the time of entry %d", entry.id())
            .isEqualTo(model.moments.get((int) entry.id()));
      }
    }
  }

  /** Offsets of a consumer group as maps: one for each moment, by the ids of the history. */
  private static final class ModelGroup {
    final List<SortedMap<TopicPartition, Long>> moments = new ArrayList<>();
    // Offsets before each reset that has not been undone; null where there were none.
    private final List<SortedMap<TopicPartition, @Nullable Long>> undoable = new ArrayList<>();

    ModelGroup() {
      moments.add(new TreeMap<>());
    }

    SortedMap<TopicPartition, Long> now() {
      return moments.getLast();
    }

    void step(String group, Random random) {
      SortedMap<TopicPartition, Long> next = new TreeMap<>(now());
      SortedMap<TopicPartition, @Nullable Long> before = new TreeMap<>();
      switch (random.nextInt(now().isEmpty() ? 2 : 6)) {
        case 0 -> {
          List<CommittedOffset> commits = new ArrayList<>();
          random(random).forEach(each -> commits.add(CommittedOffset.of(each, offset(random))));
          commits.forEach(each -> next.put(each.partition(), each.offset()));
          admin.commitOffsets(group, commits);
          if (next.equals(now())) {
            return; // changes nothing, and is no entry
          }
        }
        case 1 -> {
          List<OffsetTarget> targets = new ArrayList<>();
          for (TopicPartition each : random(random)) {
            targets.add(new OffsetTarget(each, random.nextBoolean() ? null : offset(random)));
          }
          for (OffsetTarget each : targets) {
            move(next, before, each.partition(), each.offset());
          }
          OffsetCause cause = random.nextBoolean() ? OffsetCause.IMPORT : OffsetCause.COPY;
          admin.resetOffsets(group, List.of(), new ResetTo.Targets(targets, cause), false);
          undoable.add(before);
        }
        case 2 -> {
          long by = random.nextInt(-10, 10);
          for (TopicPartition each : now().keySet()) {
            move(next, before, each, Math.clamp(now().get(each) + by, 0L, RECORDS));
          }
          admin.resetOffsets(group, List.of(), new ResetTo.ShiftBy(by), false);
          undoable.add(before);
        }
        case 3 -> {
          String topic = TOPICS.get(random.nextInt(TOPICS.size()));
          for (int partition = 0; partition < PARTITIONS; partition++) {
            move(next, before, new TopicPartition(topic, partition), (long) RECORDS);
          }
          admin.resetOffsets(group, List.of(ResetTopic.all(topic)), new ResetTo.End(), false);
          undoable.add(before);
        }
        default -> {
          if (undoable.isEmpty()) {
            assertFails(ErrorCode.NOTHING_TO_UNDO, () -> admin.undoReset(group, false));
            return;
          }
          undoable
              .removeLast()
              .forEach((partition, offset) -> move(next, before, partition, offset));
          admin.undoReset(group, false);
        }
      }
      moments.add(next);
    }

    private static void move(
        SortedMap<TopicPartition, Long> next,
        SortedMap<TopicPartition, @Nullable Long> before,
        TopicPartition partition,
        @Nullable Long to) {
      before.put(partition, next.get(partition));
      if (to == null) {
        next.remove(partition);
      } else {
        next.put(partition, to);
      }
    }

    private static List<TopicPartition> random(Random random) {
      List<TopicPartition> all = new ArrayList<>();
      for (String topic : TOPICS) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          all.add(new TopicPartition(topic, partition));
        }
      }
      Collections.shuffle(all, random);
      return all.subList(0, random.nextInt(1, 4));
    }

    private static long offset(Random random) {
      return random.nextInt(RECORDS + 1);
    }
  }

  private static List<OffsetHistoryEntry> history(String group) {
    return admin.offsetHistory(group, 0, 1_000, false).entries();
  }

  private static SortedMap<TopicPartition, Long> offsets(String group) {
    return byPartition(admin.committedOffsets(group));
  }

  private static SortedMap<TopicPartition, Long> byPartition(List<CommittedOffset> offsets) {
    SortedMap<TopicPartition, Long> byPartition = new TreeMap<>();
    offsets.forEach(each -> byPartition.put(each.partition(), each.offset()));
    return byPartition;
  }

  private static void assertFails(ErrorCode code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(FunesException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
