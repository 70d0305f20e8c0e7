package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.group.Assignor;
import dev.funes.group.GroupRecord;
import dev.funes.group.Member;
import dev.funes.group.OffsetTarget;
import dev.funes.replication.GroupCommand.CommitOffsets;
import dev.funes.replication.GroupCommand.ExpireGroup;
import dev.funes.replication.GroupCommand.PutBookmark;
import dev.funes.replication.GroupCommand.TrimHistory;
import dev.funes.replication.GroupCommand.UpdateGroup;
import dev.funes.state.GroupOffset;
import dev.funes.state.HistoryEntry;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetCause;
import dev.funes.state.StoredOffset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is let go of consumer groups, and when; a round's proposals are applied at once. */
class GroupExpiryTest {

  private static final long HISTORY_MILLIS = 100_000;
  private static final long OFFSETS_MILLIS = 400_000;
  private static final int HISTORY_MAX = 10;

  @TempDir Path directory;

  private final List<Command> proposed = new ArrayList<>();
  private StateHarness replica;
  private GroupExpiry expiry;
  private int index;
  private long nowMillis = 10_000_000;

  @BeforeEach
  void start() throws IOException {
    replica = new StateHarness(directory, Long.MAX_VALUE / 2);
    expiry =
        new GroupExpiry(
            this::keyed,
            proposed::add,
            () -> Instant.ofEpochMilli(nowMillis),
            new GroupLimits(5, 5, HISTORY_MAX, HISTORY_MILLIS, OFFSETS_MILLIS));
  }

  @AfterEach
  void stop() throws IOException {
    replica.state.close();
  }

  @Test
  void looksOnlyNowAndThen() throws IOException {
    for (int i = 1; i <= 25; i++) {
      commit("a", i);
    }
    round(10_000);
    for (int i = 26; i <= 50; i++) {
      commit("a", i);
    }

    assertThat(round(4_999)).as("a twentieth of the history's life has not passed").isEmpty();
    assertThat(round(1)).hasSize(1);
  }

  @Test
  void theNewestOfTooManyStay() throws IOException {
    for (int i = 1; i <= 25; i++) {
      commit("a", i);
    }
    reset("a", 3);
    commit("b", 1);

    assertThat(round(10_000)).containsExactly(new TrimHistory("a", 17, 0));

    assertThat(keyed().history("a", 0, 100))
        .extracting(HistoryEntry::id)
        .containsExactly(26L, 25L, 24L, 23L, 22L, 21L, 20L, 19L, 18L, 17L);
    assertThat(round(10_000)).isEmpty();
  }

  @Test
  void aResetOutlivesTheCommitsAroundIt() throws IOException {
    commit("a", 1);
    reset("a", 3);
    for (int i = 1; i <= 25; i++) {
      commit("a", i);
    }

    round(10_000);

    assertThat(keyed().history("a", 0, 100))
        .hasSize(11)
        .last()
        .extracting(HistoryEntry::id)
        .isEqualTo(2L);
    round(HISTORY_MILLIS);
    assertThat(keyed().history("a", 0, 100)).isEmpty();
    assertThat(keyed().historyBounds("a").newestId()).isEqualTo(27);
  }

  @Test
  void whatIsTooOldGoes() throws IOException {
    commit("a", 1);
    nowMillis += 60_000;
    commit("a", 2);

    assertThat(round(50_000)).containsExactly(new TrimHistory("a", 2, 0));

    assertThat(keyed().history("a", 0, 100)).extracting(HistoryEntry::id).containsExactly(2L);
    assertThat(round(50_001)).containsExactly(new TrimHistory("a", 3, 0));
  }

  @Test
  void oneStepOfTrimmingIsBounded() throws IOException {
    List<Command> commits = new ArrayList<>();
    for (int i = 1; i <= 25_000; i++) {
      commits.add(command("a", i));
    }
    replica.apply(index++, new Entry(nowMillis, commits));

    assertThat(round(10_000))
        .containsExactly(
            new TrimHistory("a", 10_001, 0),
            new TrimHistory("a", 20_001, 0),
            new TrimHistory("a", 24_991, 0));
    assertThat(keyed().history("a", 0, 100)).hasSize(10);
  }

  @Test
  void resetsAreBoundedToo() throws IOException {
    for (int i = 0; i < GroupExpiry.RESETS_MAX + 7; i++) {
      reset("a", i);
    }

    assertThat(round(10_000)).containsExactly(new TrimHistory("a", 0, 8));
    assertThat(keyed().resets("a", 0, 10_000)).hasSize(GroupExpiry.RESETS_MAX);
  }

  @Test
  void offsetsWithoutARecordGoWhenTheNewestCommitIsOld() throws IOException {
    commit("a", 1);
    nowMillis += 200_000;
    commit("a", 2);

    round(300_000);
    assertThat(keyed().offsets("a")).isNotEmpty();
    assertThat(round(100_001)).hasSize(1).first().isInstanceOf(ExpireGroup.class);
    assertThat(keyed().groups()).isEmpty();
  }

  @Test
  void aGroupWithMembersStays() throws IOException {
    commit("a", 1);
    update("a", GroupRecord.empty(nowMillis).next(1, false, 0, List.of(member()), null));

    round(10 * OFFSETS_MILLIS);

    assertThat(keyed().offsets("a")).hasSize(1);
  }

  @Test
  void anEmptyGroupGoesWhenItWasEmptyForSoLong() throws IOException {
    commit("a", 1);
    GroupRecord used = GroupRecord.empty(nowMillis).next(1, false, 0, List.of(member()), null);
    update("a", used);
    nowMillis += 10 * OFFSETS_MILLIS;
    update("a", used.next(2, false, nowMillis, List.of(), null));

    round(OFFSETS_MILLIS - 1);
    assertThat(keyed().groups()).containsExactly("a");
    round(HISTORY_MILLIS);
    assertThat(keyed().groups()).isEmpty();
  }

  @Test
  void aBookmarkIsUseToo() throws IOException {
    commit("a", 1);
    nowMillis += 300_000;
    replica.apply(index++, new Entry(nowMillis, List.of(new PutBookmark("a", "x", false, 9))));

    round(300_000);
    assertThat(keyed().bookmarks("a")).hasSize(1);
    round(100_001);
    assertThat(keyed().groups()).isEmpty();
  }

  private List<Command> round(long laterMillis) throws IOException {
    nowMillis += laterMillis;
    proposed.clear();
    expiry.run();
    if (!proposed.isEmpty()) {
      replica.apply(index++, new Entry(nowMillis, proposed));
    }
    return List.copyOf(proposed);
  }

  private KeyedState keyed() {
    return replica.state.keyed();
  }

  private void commit(String group, long offset) throws IOException {
    replica.apply(index++, new Entry(nowMillis, List.of(command(group, offset))));
  }

  private static Command command(String group, long offset) {
    return new CommitOffsets(
        group, "", 0, List.of(new GroupOffset(1, 0, new StoredOffset(offset, -1, "", 0))));
  }

  private void reset(String group, long offset) throws IOException {
    byte[] bytes = keyed().groupRecord(group);
    GroupRecord before = bytes == null ? GroupRecord.empty(nowMillis) : GroupRecord.decode(bytes);
    OffsetUpdate offsets =
        new OffsetUpdate(OffsetCause.RESET, 0, List.of(new OffsetTarget(1, 0, offset)));
    replica.apply(
        index++,
        new Entry(
            nowMillis, List.of(new UpdateGroup(group, before.version(), before.next(), offsets))));
  }

  private void update(String group, GroupRecord next) throws IOException {
    replica.apply(
        index++,
        new Entry(nowMillis, List.of(new UpdateGroup(group, next.version() - 1, next, null))));
  }

  private static Member member() {
    return new Member(
        "one",
        "",
        "",
        "localhost",
        "",
        new TreeSet<>(),
        "",
        Assignor.BALANCED,
        10_000,
        60_000,
        1,
        new TreeMap<>());
  }
}
