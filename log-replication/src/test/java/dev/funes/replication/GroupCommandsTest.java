package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.funes.cluster.PartitionId;
import dev.funes.group.Assignor;
import dev.funes.group.GroupRecord;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.group.OffsetTarget;
import dev.funes.replication.GroupCommand.CommitOffsets;
import dev.funes.replication.GroupCommand.DeleteBookmark;
import dev.funes.replication.GroupCommand.DeleteGroup;
import dev.funes.replication.GroupCommand.DeleteOffsets;
import dev.funes.replication.GroupCommand.ExpireGroup;
import dev.funes.replication.GroupCommand.PutBookmark;
import dev.funes.replication.GroupCommand.UpdateGroup;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.BookmarkExists;
import dev.funes.replication.Outcome.BookmarksFull;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.GroupUpdated;
import dev.funes.replication.Outcome.NotOwner;
import dev.funes.replication.Outcome.UnknownBookmark;
import dev.funes.replication.Outcome.UnknownGroup;
import dev.funes.replication.Outcome.UnknownMember;
import dev.funes.replication.Outcome.VersionConflict;
import dev.funes.state.GroupOffset;
import dev.funes.state.HistoryEntry;
import dev.funes.state.KeyedState;
import dev.funes.state.OffsetCause;
import dev.funes.state.OffsetChange;
import dev.funes.state.StoredOffset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may change which offset of a consumer group, and what is told of it. */
class GroupCommandsTest {

  private static final String GROUP = "billing";
  private static final PartitionId P0 = new PartitionId(1, 0);
  private static final PartitionId P1 = new PartitionId(1, 1);
  private static final PartitionId P2 = new PartitionId(1, 2);

  @TempDir Path directory;

  private StateHarness replica;
  private int index;
  private long timeMillis = 1_000;
  private GroupRecord record = GroupRecord.empty(1_000);

  @BeforeEach
  void start() throws IOException {
    replica = new StateHarness(directory, Long.MAX_VALUE / 2);
  }

  @AfterEach
  void stop() throws IOException {
    replica.state.close();
  }

  @Test
  void aMemberCommitsWhatItHolds() throws IOException {
    running();

    assertThat(apply(commit("one", 3, P0, 5))).isEqualTo(new Done());
    assertThat(keyed().offset(GROUP, 1, 0)).isEqualTo(new StoredOffset(5, -1, "", timeMillis));
    assertThat(apply(commit("two", 5, P1, 6))).as("while it is to let go").isEqualTo(new Done());
  }

  @Test
  void aMemberThatLostAPartitionCannotCommitForIt() throws IOException {
    running();

    assertThat(apply(commit("two", 9, P0, 5))).isEqualTo(new NotOwner(P0));
    assertThat(apply(commit("one", 9, P2, 5))).as("nobody's").isEqualTo(new NotOwner(P2));
    assertThat(apply(commit("two", 4, P1, 5))).as("an earlier grant").isEqualTo(new NotOwner(P1));
    assertThat(apply(commit("three", 9, P0, 5))).isEqualTo(new UnknownMember());
    assertThat(apply(commitTo("nobody", "one", 9, P0, 5))).isEqualTo(new UnknownMember());

    assertThat(keyed().offsets(GROUP)).isEmpty();
    assertThat(keyed().history(GROUP, 0, 10)).isEmpty();
  }

  @Test
  void ofACommitThatMayNotNothingIsStored() throws IOException {
    running();

    CommitOffsets both = new CommitOffsets(GROUP, "one", 9, List.of(offset(P0, 5), offset(P1, 6)));

    assertThat(apply(both)).isEqualTo(new NotOwner(P1));
    assertThat(keyed().offsets(GROUP)).isEmpty();
  }

  @Test
  void whoIsNoMemberCommitsOnlyWhatNobodyHolds() throws IOException {
    assertThat(apply(commit("", 0, P0, 1))).as("without any record").isEqualTo(new Done());
    running();

    assertThat(apply(commit("", 0, P0, 5))).isEqualTo(new NotOwner(P0));
    assertThat(apply(commit("", 0, P1, 5))).as("to be let go").isEqualTo(new NotOwner(P1));
    assertThat(apply(commit("", 0, P2, 5))).isEqualTo(new Done());
    assertThat(apply(new DeleteOffsets(GROUP, List.of(P2, P0)))).isEqualTo(new NotOwner(P0));
    assertThat(keyed().offset(GROUP, 1, 2)).isNotNull();
  }

  @Test
  void theNewHolderIsJudgedByWithinTheSameEntry() throws IOException {
    GroupRecord running = running();
    GroupRecord moved =
        running.next(6, false, 0, List.of(member("two", Map.of(P0, new Held(6, false)))), null);

    List<Applied> outcomes =
        applyAll(
            commit("one", 5, P0, 7),
            new UpdateGroup(GROUP, running.version(), moved, null),
            commit("one", 5, P0, 8),
            commit("two", 5, P0, 8),
            commit("two", 6, P0, 9));

    assertThat(outcomes)
        .containsExactly(
            new Done(), new GroupUpdated(2, 0), new UnknownMember(), new NotOwner(P0), new Done());
    assertThat(keyed().offset(GROUP, 1, 0)).extracting(StoredOffset::offset).isEqualTo(9L);
  }

  @Test
  void anOldCoordinatorChangesNothing() throws IOException {
    GroupRecord first = running();
    GroupRecord stale = GroupRecord.empty(0).next(77, true, 0, List.of(), null);

    OffsetUpdate offsets = update(OffsetCause.RESET, 0, target(P0, 9L));
    assertThat(apply(new UpdateGroup(GROUP, 0, stale, offsets))).isEqualTo(new VersionConflict(1));
    assertThat(apply(new DeleteGroup(GROUP, 0))).isEqualTo(new VersionConflict(1));
    assertThat(apply(new UpdateGroup("other", 1, first.next(), null)))
        .isEqualTo(new VersionConflict(0));

    assertThat(keyed().groupRecord(GROUP)).isEqualTo(first.encode());
    assertThat(keyed().offsets(GROUP)).isEmpty();
    assertThat(keyed().groups()).containsExactly(GROUP);
  }

  @Test
  void theNextRecordHasTheNextVersion() {
    GroupRecord empty = GroupRecord.empty(0);

    assertThatThrownBy(() -> new UpdateGroup(GROUP, 0, empty, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected version 1, was 0");
  }

  @Test
  void aResetIsToldWithWhatWasBefore() throws IOException {
    apply(commit("", 0, P0, 5));
    apply(commit("", 0, P1, 6));

    Applied reset =
        apply(
            new UpdateGroup(
                GROUP,
                0,
                record.next(),
                update(OffsetCause.RESET, 0, target(P0, 1L), target(P1, null), target(P2, 3L))));

    assertThat(reset).isEqualTo(new GroupUpdated(1, 3));
    assertThat(keyed().offsets(GROUP))
        .containsExactly(
            new GroupOffset(1, 0, new StoredOffset(1, -1, "", timeMillis)),
            new GroupOffset(1, 2, new StoredOffset(3, -1, "", timeMillis)));
    assertThat(keyed().history(GROUP, 0, 1))
        .containsExactly(
            new HistoryEntry(
                3,
                timeMillis,
                OffsetCause.RESET,
                "",
                0,
                List.of(change(P0, 5L, 1L), change(P1, 6L, null), change(P2, null, 3L))));
  }

  /** What an undo needs: the history alone leads back, whatever was committed meanwhile. */
  @Test
  void whatWasBeforeAResetCanBeHadAgainExactly() throws IOException {
    apply(commit("", 0, P0, 5));
    apply(commit("", 0, P1, 6));
    List<GroupOffset> before = keyed().offsets(GROUP);
    apply(
        new UpdateGroup(
            GROUP,
            0,
            record.next(),
            update(OffsetCause.RESET, 0, target(P0, 5L), target(P1, null), target(P2, 3L))));
    apply(commit("", 0, P0, 9));
    apply(commit("", 0, P1, 9));
    apply(commit("", 0, P2, 9));

    HistoryEntry reset = keyed().resets(GROUP, 0, 1).getFirst();
    List<OffsetTarget> back =
        reset.changes().stream()
            .map(each -> new OffsetTarget(each.topicId(), each.partition(), each.from()))
            .toList();
    Applied undone =
        apply(
            new UpdateGroup(
                GROUP,
                1,
                record.next().next(),
                new OffsetUpdate(OffsetCause.UNDO, reset.id(), back)));

    assertThat(undone).isEqualTo(new GroupUpdated(2, 7));
    assertThat(keyed().offsets(GROUP))
        .extracting(GroupOffset::partition, each -> each.offset().offset())
        .containsExactlyElementsOf(
            before.stream().map(each -> tuple(each.partition(), each.offset().offset())).toList());
    assertThat(keyed().resets(GROUP, 0, 1))
        .containsExactly(
            new HistoryEntry(
                7,
                timeMillis,
                OffsetCause.UNDO,
                "",
                reset.id(),
                List.of(change(P0, 9L, 5L), change(P1, 9L, 6L), change(P2, 9L, null))));
  }

  @Test
  void aCommitThatChangesNothingIsNotTold() throws IOException {
    apply(commit("", 0, P0, 5));
    timeMillis += 10;
    apply(commit("", 0, P0, 5));

    assertThat(keyed().history(GROUP, 0, 10)).hasSize(1);
    assertThat(keyed().offset(GROUP, 1, 0))
        .as("but it is the newer one")
        .isEqualTo(new StoredOffset(5, -1, "", timeMillis));

    apply(new CommitOffsets(GROUP, "", 0, List.of(offset(P0, 5), offset(P1, 1))));
    assertThat(keyed().history(GROUP, 0, 1).getFirst().changes())
        .containsExactly(change(P1, null, 1L));
  }

  @Test
  void commitsOfOneEntryFollowEachOther() throws IOException {
    applyAll(commit("", 0, P0, 5), commit("", 0, P0, 6), new DeleteOffsets(GROUP, List.of(P0)));

    assertThat(keyed().history(GROUP, 0, 10))
        .extracting(each -> each.changes().getFirst())
        .containsExactly(change(P0, 6L, null), change(P0, 5L, 6L), change(P0, null, 5L));
    assertThat(keyed().offsets(GROUP)).isEmpty();
  }

  @Test
  void deletedOffsetsAreToldAndAbsentOnesAreNot() throws IOException {
    assertThat(apply(new DeleteOffsets(GROUP, List.of(P0)))).isEqualTo(new Done());
    assertThat(keyed().groups()).isEmpty();
    apply(commit("", 0, P0, 5));

    assertThat(apply(new DeleteOffsets(GROUP, List.of(P0, P1)))).isEqualTo(new Done());

    assertThat(keyed().history(GROUP, 0, 1))
        .containsExactly(
            new HistoryEntry(
                2, timeMillis, OffsetCause.DELETE, "", 0, List.of(change(P0, 5L, null))));
  }

  @Test
  void aDeletedGroupIsAsNeverBefore() throws IOException {
    running();
    apply(commit("one", 5, P0, 5));
    apply(new PutBookmark(GROUP, "x", false, 10));

    assertThat(apply(new DeleteGroup(GROUP, 1))).isEqualTo(new Done());

    assertThat(keyed().groups()).isEmpty();
    assertThat(apply(commit("one", 5, P0, 6))).isEqualTo(new UnknownMember());
    assertThat(apply(commit("", 0, P0, 6))).isEqualTo(new Done());
    assertThat(keyed().history(GROUP, 0, 9)).extracting(HistoryEntry::id).containsExactly(1L);
    assertThat(apply(new DeleteGroup("other", 0))).as("that never was").isEqualTo(new Done());
  }

  @Test
  void aGroupThatWasUsedMeanwhileDoesNotExpire() throws IOException {
    apply(commit("", 0, P0, 5));
    long committed = timeMillis;
    timeMillis += 100;

    assertThat(apply(new ExpireGroup(GROUP, 0, committed))).isEqualTo(new Done());
    assertThat(keyed().groups()).containsExactly(GROUP);
    List<Applied> outcomes =
        applyAll(commit("", 0, P1, 5), new ExpireGroup(GROUP, 0, committed + 1));
    assertThat(outcomes).containsExactly(new Done(), new Done());
    assertThat(keyed().groups()).as("used in the same entry").containsExactly(GROUP);
    assertThat(apply(new ExpireGroup(GROUP, 1, timeMillis + 1))).isEqualTo(new VersionConflict(0));

    assertThat(apply(new ExpireGroup(GROUP, 0, timeMillis + 1))).isEqualTo(new Done());
    assertThat(keyed().groups()).isEmpty();
  }

  @Test
  void bookmarksHaveANameOnceAndALimit() throws IOException {
    assertThat(apply(bookmark("x", false))).as("no offsets").isEqualTo(new UnknownGroup());
    List<Applied> outcomes = applyAll(commit("", 0, P0, 5), bookmark("x", false));
    assertThat(outcomes).containsExactly(new Done(), new Done());
    long made = timeMillis;
    timeMillis += 10;
    apply(commit("", 0, P0, 6));

    assertThat(apply(bookmark("x", false))).isEqualTo(new BookmarkExists());
    assertThat(keyed().bookmark(GROUP, "x"))
        .satisfies(
            kept -> {
              assertThat(kept.timeMillis()).isEqualTo(made);
              assertThat(kept.offsets())
                  .containsExactly(new GroupOffset(1, 0, new StoredOffset(5, -1, "", made)));
            });
    assertThat(apply(bookmark("x", true))).isEqualTo(new Done());
    assertThat(keyed().bookmarks(GROUP)).hasSize(1);
    assertThat(apply(bookmark("y", false))).isEqualTo(new Done());
    assertThat(apply(bookmark("z", false))).isEqualTo(new BookmarksFull(2));
    assertThat(apply(bookmark("y", true))).as("one of the two").isEqualTo(new Done());
    assertThat(applyAll(new DeleteBookmark(GROUP, "x"), new DeleteBookmark(GROUP, "x")))
        .containsExactly(new Done(), new UnknownBookmark());
  }

  /** Types 5 and 6 as they lie in Raft logs of nodes that knew no records and no history. */
  @Test
  void oldRaftLogsMeanWhatTheyMeant() throws IOException {
    running();
    GroupCommand store =
        new GroupCommand.StoreOffsets(GROUP, List.of(offset(P0, 5), offset(P2, 6)));
    byte[] entry = new Entry(timeMillis, List.of(store)).encode().array();
    assertThat(entry[Entry.HEADER_BYTES]).isEqualTo((byte) 5);

    assertThat(apply(store)).isEqualTo(new Done());
    assertThat(keyed().offsets(GROUP)).hasSize(2);
    assertThat(apply(new GroupCommand.ForgetOffsets(GROUP, List.of(P0)))).isEqualTo(new Done());

    assertThat(keyed().offsets(GROUP)).hasSize(1);
    assertThat(keyed().history(GROUP, 0, 9)).isEmpty();
  }

  @Test
  void moreGroupsThanAreKeptInMemoryAreJudgedAlike() throws IOException {
    int groups = 40;
    for (int i = 0; i < groups; i++) {
      Map<PartitionId, Held> held = new TreeMap<>();
      for (int partition = 0; partition < 1_000; partition++) {
        held.put(new PartitionId(1, partition), new Held(1, false));
      }
      GroupRecord one = record.next(1, false, 0, List.of(member("one", held)), null);
      apply(new UpdateGroup("group-" + i, 0, one, null));
    }
    assertThat(groups * 1_000).isGreaterThan(KnownGroups.WEIGHT_MAX);
    for (int i = 0; i < groups; i++) {
      assertThat(apply(commitTo("group-" + i, "one", 1, P0, 1))).isEqualTo(new Done());
      assertThat(apply(commitTo("group-" + i, "two", 1, P0, 1))).isEqualTo(new UnknownMember());
    }
  }

  /** Generation 5: one holds P0 since 3; two holds P1 since 5 and is to let go of it. */
  private GroupRecord running() throws IOException {
    GroupRecord running =
        record.next(
            5,
            false,
            0,
            List.of(
                member("one", Map.of(P0, new Held(3, false))),
                member("two", Map.of(P1, new Held(5, true)))),
            null);
    assertThat(apply(new UpdateGroup(GROUP, 0, running, null))).isEqualTo(new GroupUpdated(1, 0));
    return running;
  }

  private static Member member(String id, Map<PartitionId, Held> held) {
    return new Member(
        id,
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
        new TreeMap<>(held));
  }

  private KeyedState keyed() {
    return replica.state.keyed();
  }

  private Applied apply(Command command) throws IOException {
    return applyAll(command).getFirst();
  }

  private List<Applied> applyAll(Command... commands) throws IOException {
    return new ArrayList<>(
        replica.apply(index++, new Entry(timeMillis, List.of(commands))).outcomes());
  }

  private static CommitOffsets commit(String member, long generation, PartitionId id, long at) {
    return commitTo(GROUP, member, generation, id, at);
  }

  private static CommitOffsets commitTo(
      String group, String member, long generation, PartitionId id, long at) {
    return new CommitOffsets(group, member, generation, List.of(offset(id, at)));
  }

  private static GroupOffset offset(PartitionId id, long at) {
    return new GroupOffset(id.topicId(), id.partition(), new StoredOffset(at, -1, "", 0));
  }

  private static OffsetUpdate update(OffsetCause cause, long undoneId, OffsetTarget... targets) {
    return new OffsetUpdate(cause, undoneId, List.of(targets));
  }

  private static OffsetTarget target(PartitionId id, @Nullable Long offset) {
    return new OffsetTarget(id.topicId(), id.partition(), offset);
  }

  private static OffsetChange change(PartitionId id, @Nullable Long from, @Nullable Long to) {
    return new OffsetChange(id.topicId(), id.partition(), from, to);
  }

  private static PutBookmark bookmark(String name, boolean replace) {
    return new PutBookmark(GROUP, name, replace, 2);
  }
}
