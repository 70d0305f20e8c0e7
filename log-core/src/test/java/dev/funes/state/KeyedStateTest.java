package dev.funes.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.log.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class KeyedStateTest {
  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("state");
  }

  private Path saved() {
    return parent.resolve("saved");
  }

  private static StoredOffset at(long offset) {
    return new StoredOffset(offset, 2, "from café", 1_700_000_000_000L);
  }

  private static ProducerState producer(int lastSequence) {
    return ProducerState.first((short) 1, 0, lastSequence, 40, 5);
  }

  /** RocksDB takes a manifest that ends early for one of an older state, and opens that. */
  @Test
  void aCheckpointWhoseManifestWasCutIsNeverAnOlderState() throws IOException {
    Digest digest;
    try (KeyedState state = KeyedState.open(directory())) {
      for (int round = 1; round < 5; round++) {
        write(state, "group " + round, round, round);
        state.checkpoint(parent.resolve("saved-" + round));
      }
      digest = state.digest();
    }
    Path last = parent.resolve("saved-4");
    Path manifest;
    try (Stream<Path> files = Files.list(last)) {
      manifest =
          files.filter(file -> file.toString().contains("MANIFEST-")).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(manifest);
    int refused = 0;
    for (int end = 0; end < whole.length; end += 11) {
      Files.write(manifest, Arrays.copyOf(whole, end));
      try (KeyedState restored = KeyedState.restore(last, directory())) {
        assertThat(restored.digest()).as("cut at %d of %d", end, whole.length).isEqualTo(digest);
      } catch (CorruptStateException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
    Files.write(manifest, whole);
    try (KeyedState restored = KeyedState.restore(last, directory())) {
      assertThat(restored.digest()).isEqualTo(digest);
    }
  }

  /**
   * A checkpoint may have tables that are about to be compacted, and then RocksDB begins at once.
   */
  @Test
  void tablesThatAreCompactedAtOnceAreNoDamage() throws Exception {
    Path saved = Files.createDirectories(saved());
    int large;
    try (Options options = new Options().setCreateIfMissing(true).setDisableAutoCompactions(true);
        FlushOptions flush = new FlushOptions();
        RocksDB database = RocksDB.open(options, saved.toString())) {
      byte[] value = new byte[1 << 10];
      Random random = new Random(7);
      for (int key = 0; key < 40_000; key++) { // takes longer to verify than the rest to compact
        random.nextBytes(value);
        database.put("another key %d".formatted(key).getBytes(UTF_8), value);
      }
      database.compactRange();
      large = StateFiles.tables(saved).size();
      for (byte round = 0; round < 8; round++) {
        for (int key = 0; key < 1_000; key++) {
          database.put("some key %d".formatted(key).getBytes(UTF_8), new byte[] {round});
        }
        database.flush(flush);
      }
    }
    assertThat(StateFiles.tables(saved)).hasSize(large + 8);

    for (int i = 0; i < 5; i++) {
      KeyedState.restore(saved, directory()).close();
    }
    try (KeyedState restored = KeyedState.restore(saved, directory())) {
      assertThat(restored.appliedIndex()).isEqualTo(KeyedState.NOTHING_APPLIED);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (StateFiles.tables(directory()).size() >= large + 8) {
        assertThat(System.nanoTime()).as("some were compacted in the end").isLessThan(deadline);
        Thread.sleep(10);
      }
    }
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    try (KeyedState state = KeyedState.open(directory())) {
      assertThat(state.appliedIndex()).isEqualTo(KeyedState.NOTHING_APPLIED);
      Changes changes = state.changes();
      changes.putOffset("billing", 1, 0, at(17));
      changes.putProducer(1, 0, 99, producer(3));
      assertThat(state.offset("billing", 1, 0)).as("not yet written").isNull();

      state.write(changes, 12);

      assertThat(state.offset("billing", 1, 0)).isEqualTo(at(17));
      assertThat(state.producer(1, 0, 99)).isEqualTo(producer(3));
      assertThat(state.appliedIndex()).isEqualTo(12);
      assertThat(state.offset("billing", 1, 1)).isNull();
      assertThat(state.producer(1, 0, 98)).isNull();
    }
  }

  @Test
  void listsTheOffsetsOfOneGroupInOrder() throws IOException {
    try (KeyedState state = KeyedState.open(directory())) {
      Changes changes = state.changes();
      for (String group : List.of("a", "ab", "b", "", "größe")) {
        for (int partition : new int[] {300, 2, 0}) {
          changes.putOffset(group, 256, partition, at(partition));
          changes.putOffset(group, 1, partition, at(partition + 1));
        }
      }
      changes.putProducer(1, 0, 5, producer(1));
      state.write(changes, 1);

      assertThat(state.groups()).containsExactly("", "a", "ab", "b", "größe");
      assertThat(state.offsets("a"))
          .containsExactly(
              new GroupOffset(1, 0, at(1)),
              new GroupOffset(1, 2, at(3)),
              new GroupOffset(1, 300, at(301)),
              new GroupOffset(256, 0, at(0)),
              new GroupOffset(256, 2, at(2)),
              new GroupOffset(256, 300, at(300)));
      assertThat(state.offsets("abc")).isEmpty();
    }
  }

  @Test
  void forgetsOffsetsProducersAndPartitions() throws IOException {
    try (KeyedState state = KeyedState.open(directory())) {
      Changes changes = state.changes();
      changes.putOffset("a", 1, 0, at(1));
      changes.putOffset("a", 1, 1, at(1));
      for (int partition = 0; partition < 3; partition++) {
        for (long id : new long[] {0, 7, -1}) {
          changes.putProducer(1, partition, id, producer(partition));
        }
      }
      state.write(changes, 1);
      assertThat(state.changes().producer(1, 1, 7)).as("in the cache").isNotNull();

      Changes deletions = state.changes();
      deletions.deleteOffset("a", 1, 0);
      deletions.deleteProducer(1, 0, 7);
      deletions.deletePartition(1, 1);
      state.write(deletions, 2);

      assertThat(state.offsets("a")).containsExactly(new GroupOffset(1, 1, at(1)));
      assertThat(producers(state)).containsExactly("1-0:0", "1-0:-1", "1-2:0", "1-2:7", "1-2:-1");
      try (Changes after = state.changes()) {
        assertThat(after.producer(1, 1, 7)).isNull();
        assertThat(after.producer(1, 0, 7)).isNull();
        assertThat(after.producer(1, 2, 7)).isEqualTo(producer(2));
      }
    }
  }

  private static List<String> producers(KeyedState state) {
    List<String> found = new ArrayList<>();
    state.forEachProducer(
        (topicId, partition, producerId, known) ->
            found.add(topicId + "-" + partition + ":" + producerId));
    return found;
  }

  @Test
  void seesItsOwnChangesWhileTheyAreCollected() throws IOException {
    try (KeyedState state = KeyedState.open(directory())) {
      Changes first = state.changes();
      first.putProducer(1, 0, 7, producer(1));
      first.putProducer(1, 0, 8, producer(2));
      state.write(first, 1);

      try (Changes changes = state.changes()) {
        assertThat(changes.producer(1, 0, 7)).isEqualTo(producer(1));
        changes.putProducer(1, 0, 7, producer(5));
        assertThat(changes.producer(1, 0, 7)).isEqualTo(producer(5));
        changes.deletePartition(1, 0);
        assertThat(changes.producer(1, 0, 7)).isNull();
        assertThat(changes.producer(1, 0, 8)).isNull();
        changes.putProducer(1, 0, 8, producer(6));
        assertThat(changes.producer(1, 0, 8)).isEqualTo(producer(6));
        state.write(changes, 2);
      }

      assertThat(producers(state)).containsExactly("1-0:8");
      assertThat(state.producer(1, 0, 8)).isEqualTo(producer(6));
    }
  }

  @Test
  void goesBackToACheckpointAndLeavesItAsItIs() throws IOException {
    Digest atCheckpoint;
    try (KeyedState state = KeyedState.open(directory())) {
      write(state, "a", 10, 5);
      atCheckpoint = state.digest();
      state.checkpoint(saved());
      write(state, "a", 11, 6);
      assertThat(state.digest()).isNotEqualTo(atCheckpoint);
    }

    for (int i = 0; i < 2; i++) {
      try (KeyedState restored = KeyedState.restore(saved(), directory())) {
        assertThat(restored.digest()).isEqualTo(atCheckpoint);
        assertThat(restored.appliedIndex()).isEqualTo(5);
        assertThat(restored.offset("a", 1, 0)).isEqualTo(at(10));
        write(restored, "b", 12, 6);
      }
    }
  }

  @Test
  void refusesACheckpointWithADamagedTable() throws IOException {
    try (KeyedState state = KeyedState.open(directory())) {
      for (int i = 0; i < 200; i++) {
        write(state, "group " + i, i, i);
      }
      state.checkpoint(saved());
    }
    Path table;
    try (Stream<Path> files = Files.list(saved())) {
      table = files.filter(file -> file.toString().endsWith(".sst")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(table);
    for (int at = 0; at < bytes.length; at += Math.max(1, bytes.length / 10)) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      // Not over the file itself: it may have other names.
      Files.delete(table);
      Files.write(table, flipped);
      assertThatThrownBy(() -> KeyedState.restore(saved(), directory()).close())
          .as("byte %d of %d", at, bytes.length)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void hasTheSameDigestForTheSameContentHoweverItCameAbout() throws IOException {
    try (KeyedState state = KeyedState.open(directory());
        KeyedState peer = KeyedState.open(parent.resolve("peer"))) {
      write(state, "a", 1, 1);
      write(state, "b", 2, 2);
      write(peer, "b", 7, 3);
      write(peer, "b", 2, 4);
      assertThat(peer.digest()).isNotEqualTo(state.digest());
      write(peer, "a", 1, 5);
      assertThat(peer.digest()).isEqualTo(state.digest());
    }
  }

  @Test
  void keepsWhatItHadWhenItWasClosedInOrder() throws IOException {
    try (KeyedState state = KeyedState.open(directory())) {
      write(state, "a", 3, 9);
    }
    try (KeyedState state = KeyedState.open(directory())) {
      assertThat(state.appliedIndex()).isEqualTo(9);
      assertThat(state.offset("a", 1, 0)).isEqualTo(at(3));
    }
  }

  @Test
  void refusesReadsAfterItWasClosed() throws IOException {
    KeyedState state = KeyedState.open(directory());
    state.close();
    state.close();
    assertThatThrownBy(() -> state.offset("a", 1, 0)).isInstanceOf(IllegalStateException.class);
  }

  private static void write(KeyedState state, String group, long offset, long index)
      throws IOException {
    Changes changes = state.changes();
    changes.putOffset(group, 1, 0, at(offset));
    state.write(changes, index);
  }
}
