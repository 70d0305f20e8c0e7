package dev.funes.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.log.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records, history and bookmarks of consumer groups. */
class GroupStateTest {
  private static final OffsetChange FIRST = new OffsetChange(1, 0, null, 5L);
  private static final OffsetChange FORGOTTEN = new OffsetChange(1, 3, 7L, null);

  @TempDir Path parent;
  private KeyedState state;
  private long index;

  @BeforeEach
  void open() throws IOException {
    state = KeyedState.open(parent.resolve("state"));
  }

  @AfterEach
  void close() {
    state.close();
  }

  private void write(Consumer<Changes> change) throws IOException {
    Changes changes = state.changes();
    change.accept(changes);
    state.write(changes, ++index);
  }

  private static StoredOffset at(long offset) {
    return new StoredOffset(offset, -1, "café", 40);
  }

  private static long commit(Changes changes, String group, long timeMillis) {
    return changes.addHistory(group, timeMillis, OffsetCause.COMMIT, "m-1", 0, List.of(FIRST));
  }

  private static long reset(Changes changes, String group, long timeMillis) {
    return changes.addHistory(group, timeMillis, OffsetCause.RESET, "", 0, List.of(FORGOTTEN));
  }

  private List<Long> ids(String group, long beforeId, int countMax) {
    return state.history(group, beforeId, countMax).stream().map(HistoryEntry::id).toList();
  }

  @Test
  void keepsTheRecordAsItWasPut() throws IOException {
    assertThat(state.groupRecord("a")).isNull();

    write(changes -> changes.putGroupRecord("a", new byte[] {1, 2, 3}));
    write(changes -> changes.putGroupRecord("ab", new byte[0]));

    assertThat(state.groupRecord("a")).containsExactly(1, 2, 3);
    assertThat(state.groupRecord("ab")).isEmpty();
    assertThat(state.groupRecord("b")).isNull();
  }

  @Test
  void tellsTheHistoryAsItWasAdded() throws IOException {
    write(
        changes -> {
          assertThat(commit(changes, "a", 10)).isEqualTo(1);
          assertThat(commit(changes, "b", 11)).isEqualTo(1);
          assertThat(
                  changes.addHistory("a", 12, OffsetCause.UNDO, "", 1, List.of(FIRST, FORGOTTEN)))
              .as("counted on before it is written")
              .isEqualTo(2);
        });
    write(changes -> assertThat(commit(changes, "a", 13)).isEqualTo(3));

    assertThat(state.history("a", 0, 10))
        .containsExactly(
            new HistoryEntry(3, 13, OffsetCause.COMMIT, "m-1", 0, List.of(FIRST)),
            new HistoryEntry(2, 12, OffsetCause.UNDO, "", 1, List.of(FIRST, FORGOTTEN)),
            new HistoryEntry(1, 10, OffsetCause.COMMIT, "m-1", 0, List.of(FIRST)));
    assertThat(state.historyBounds("a")).isEqualTo(new HistoryBounds(3, 1));
    assertThat(state.historyBounds("nobody")).isEqualTo(new HistoryBounds(0, 1));
  }

  @Test
  void showsPagesOfTheHistoryNewestFirst() throws IOException {
    write(
        changes -> {
          for (int i = 1; i <= 9; i++) {
            if (i % 3 == 0) {
              reset(changes, "a", i);
            } else {
              commit(changes, "a", i);
            }
          }
          commit(changes, "", 1);
          commit(changes, "a ", 1);
        });

    assertThat(ids("a", 0, 4)).containsExactly(9L, 8L, 7L, 6L);
    assertThat(ids("a", 6, 100)).containsExactly(5L, 4L, 3L, 2L, 1L);
    assertThat(ids("a", 1, 100)).isEmpty();
    assertThat(ids("a", 0, 0)).isEmpty();
    assertThat(state.resets("a", 9, 2)).extracting(HistoryEntry::id).containsExactly(6L, 3L);
  }

  @Test
  void trimsCommitsAndKeepsWhatWasNoCommit() throws IOException {
    write(
        changes -> {
          for (int i = 1; i <= 9; i++) {
            if (i % 3 == 0) {
              reset(changes, "a", i);
            } else {
              commit(changes, "a", i);
            }
          }
        });

    write(changes -> changes.trimHistory("a", 6));
    assertThat(ids("a", 0, 100)).containsExactly(9L, 8L, 7L, 6L, 3L);
    assertThat(state.historyBounds("a")).isEqualTo(new HistoryBounds(9, 6));
    write(changes -> changes.trimHistory("a", 4));
    assertThat(state.historyBounds("a")).as("never back").isEqualTo(new HistoryBounds(9, 6));
    write(changes -> changes.trimResets("a", 7));
    assertThat(ids("a", 0, 100)).containsExactly(9L, 8L, 7L);
    write(changes -> changes.trimHistory("a", 1_000));
    assertThat(state.historyBounds("a")).isEqualTo(new HistoryBounds(9, 10));
    write(changes -> assertThat(commit(changes, "a", 20)).isEqualTo(10));
    assertThat(ids("a", 0, 100)).containsExactly(10L, 9L);
  }

  @Test
  void findsWhatIsTooMuchAndTooOld() throws IOException {
    assertThat(state.commitsToTrim("a", 1, 100)).isZero();
    assertThat(state.resetsToTrim("a", 1, 100)).isZero();
    write(
        changes -> {
          for (int i = 1; i <= 6; i++) {
            commit(changes, "a", 10L * i);
          }
          for (int i = 7; i <= 9; i++) {
            reset(changes, "a", 10L * i);
          }
        });

    assertThat(state.commitsToTrim("a", 100, 0)).isZero();
    assertThat(state.commitsToTrim("a", 100, 30)).as("1 and 2 are older").isEqualTo(3);
    assertThat(state.commitsToTrim("a", 5, 0)).as("5 to 9 stay").isEqualTo(5);
    assertThat(state.commitsToTrim("a", 1, 1_000)).as("all").isEqualTo(7);
    assertThat(state.resetsToTrim("a", 100, 0)).isZero();
    assertThat(state.resetsToTrim("a", 100, 80)).isEqualTo(8);
    assertThat(state.resetsToTrim("a", 1, 0)).isEqualTo(9);

    write(changes -> changes.trimHistory("a", 3));
    assertThat(state.commitsToTrim("a", 100, 30)).isZero();
  }

  @Test
  void keepsBookmarksByName() throws IOException {
    List<GroupOffset> offsets = List.of(new GroupOffset(1, 0, at(5)), new GroupOffset(2, 9, at(6)));
    Bookmark before = new Bookmark("before", 77, offsets);
    Bookmark after = new Bookmark("after", 78, List.of());
    write(
        changes -> {
          changes.putBookmark("a", before);
          changes.putBookmark("a", after);
          changes.putBookmark("ab", before);
        });

    assertThat(state.bookmark("a", "before")).isEqualTo(before);
    assertThat(state.bookmark("a", "befor")).isNull();
    assertThat(state.bookmarks("a")).containsExactly(after, before);
    assertThat(state.bookmarkCount("a")).isEqualTo(2);

    write(changes -> changes.deleteBookmark("a", "before"));
    assertThat(state.bookmarks("a")).containsExactly(after);
    assertThat(state.bookmarks("ab")).containsExactly(before);
  }

  @Test
  void forgetsAGroupWithAllThatItHas() throws IOException {
    List<Consumer<Changes>> parts = partsOf("a");
    for (Consumer<Changes> part : parts) {
      write(part);
    }
    for (Consumer<Changes> part : partsOf("ab")) {
      write(part);
    }
    Digest both = state.digest();

    write(changes -> changes.deleteGroup("a"));

    assertThat(state.groups()).containsExactly("ab");
    assertThat(state.offsets("a")).isEmpty();
    assertThat(state.groupRecord("a")).isNull();
    assertThat(ids("a", 0, 9)).isEmpty();
    assertThat(state.bookmarks("a")).isEmpty();
    assertThat(state.historyBounds("a")).isEqualTo(new HistoryBounds(0, 1));
    assertThat(state.lastUsedMillis("a")).isZero();
    for (Consumer<Changes> part : parts) {
      write(part);
    }
    assertThat(state.digest()).as("as if it had never gone").isEqualTo(both);
  }

  @Test
  void seesWhatAnEntryDidBeforeItIsWritten() throws IOException {
    write(changes -> changes.putOffset("a", 1, 0, at(5)));
    write(changes -> changes.putOffset("a", 1, 9, at(5)));
    try (Changes changes = state.changes()) {
      assertThat(changes.offset("a", 1, 0)).isEqualTo(at(5));
      assertThat(changes.offset("a", 1, 1)).isNull();
      changes.putOffset("a", 1, 1, at(6));
      changes.deleteOffset("a", 1, 0);
      assertThat(changes.offset("a", 1, 1)).isEqualTo(at(6));
      assertThat(changes.offset("a", 1, 0)).isNull();
      commit(changes, "a", 1);
      changes.putOffset("b", 1, 0, at(9));
      changes.deleteGroup("a");
      assertThat(changes.offset("a", 1, 1)).isNull();
      assertThat(changes.offset("a", 1, 9)).isNull();
      assertThat(changes.offset("b", 1, 0)).isEqualTo(at(9));
      assertThat(commit(changes, "a", 2)).as("the first of another life").isEqualTo(1);
      changes.putOffset("a", 1, 0, at(7));
      assertThat(changes.offset("a", 1, 0)).isEqualTo(at(7));
      state.write(changes, ++index);
    }
    assertThat(state.offsets("a")).containsExactly(new GroupOffset(1, 0, at(7)));
    assertThat(ids("a", 0, 9)).containsExactly(1L);
  }

  @Test
  void listsAGroupWhateverItHas() throws IOException {
    write(changes -> changes.putOffset("offset", 1, 0, at(1)));
    write(changes -> changes.putGroupRecord("record", new byte[1]));
    write(changes -> commit(changes, "commit", 1));
    write(changes -> reset(changes, "reset", 1));
    write(changes -> changes.putBookmark("bookmark", new Bookmark("x", 1, List.of())));
    write(changes -> changes.putProducer(1, 0, 1, ProducerState.first((short) 0, 0, 0, 0, 0)));

    assertThat(state.groups()).containsExactly("bookmark", "commit", "offset", "record", "reset");
  }

  @Test
  void knowsWhenAGroupWasUsedLast() throws IOException {
    write(changes -> changes.putOffset("offset", 1, 0, at(1)));
    write(changes -> commit(changes, "history", 50));
    write(changes -> reset(changes, "history", 60));
    write(changes -> changes.putBookmark("bookmark", new Bookmark("x", 70, List.of())));

    assertThat(state.lastUsedMillis("offset")).isEqualTo(40);
    assertThat(state.lastUsedMillis("history")).isEqualTo(60);
    assertThat(state.lastUsedMillis("bookmark")).isEqualTo(70);
    assertThat(state.lastUsedMillis("nobody")).isZero();
  }

  @Test
  void hasAnotherDigestForEachPart() throws IOException {
    List<Digest> digests = new ArrayList<>();
    digests.add(state.digest());
    for (Consumer<Changes> part : partsOf("a")) {
      write(part);
      digests.add(state.digest());
    }

    assertThat(digests).doesNotHaveDuplicates();
  }

  @Test
  void goesBackToACheckpoint() throws IOException {
    for (Consumer<Changes> part : partsOf("a")) {
      write(part);
    }
    Digest saved = state.digest();
    state.checkpoint(parent.resolve("saved"));
    write(changes -> changes.deleteGroup("a"));
    state.close();

    state = KeyedState.restore(parent.resolve("saved"), parent.resolve("state"));

    assertThat(state.digest()).isEqualTo(saved);
    assertThat(ids("a", 0, 9)).containsExactly(2L, 1L);
  }

  private static List<Consumer<Changes>> partsOf(String group) {
    return List.of(
        changes -> changes.putOffset(group, 1, 0, at(1)),
        changes -> changes.putGroupRecord(group, new byte[] {9}),
        changes -> commit(changes, group, 50),
        changes -> reset(changes, group, 60),
        changes -> changes.putBookmark(group, new Bookmark("x", 70, List.of())));
  }
}
