package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  @TempDir Path parent;

  private Path checkpoints() {
    return parent.resolve("checkpoints");
  }

  @Test
  void knowsNoCheckpointAtFirst() throws IOException {
    assertThat(new CheckpointStore(checkpoints()).newest()).isNull();
  }

  @Test
  void findsTheNewestAsItWasWritten() throws IOException {
    CheckpointStore store = new CheckpointStore(checkpoints());
    save(store, 9);
    save(store, 10);

    Checkpoint newest = newest(store);

    assertThat(newest.manifest()).isEqualTo(manifest(10));
    assertThat(newest.directory().resolve("state")).hasContent("state of 10");
  }

  @Test
  void keepsTheFirstOfTwoCheckpointsOfOneIndex() throws IOException {
    CheckpointStore store = new CheckpointStore(checkpoints());
    save(store, 9);
    save(store, 9);

    assertThat(newest(store).manifest()).isEqualTo(manifest(9));
    assertThat(list()).containsExactly("9");
  }

  @Test
  void deletesOlderOnesAndWhatCrashesLeft() throws IOException {
    CheckpointStore store = new CheckpointStore(checkpoints());
    for (long index : new long[] {3, 20, 100}) {
      save(store, index);
    }
    store.prepare(50);
    store.prepare(101);

    store.deleteOlderThan(100);

    assertThat(list()).containsExactly("100", "101.tmp");
  }

  @Test
  void leavesTheOldOrTheNewCheckpointWholeWhereverItCrashes() throws IOException {
    boolean crashed = true;
    int olds = 0;
    int news = 0;
    for (int step = 0; crashed; step++) {
      Path directory = parent.resolve("crash-" + step);
      save(new CheckpointStore(directory), 7);
      crashed = crashesAt(step, directory);

      CheckpointStore reopened = new CheckpointStore(directory);
      Checkpoint found = newest(reopened);

      long index = found.manifest().index();
      assertThat(found.manifest()).as("step %d", step).isEqualTo(manifest(index));
      assertThat(found.directory().resolve("state")).hasContent("state of " + index);
      if (index == 7) {
        olds++;
      } else {
        news++;
      }
      save(reopened, 9);
      reopened.deleteOlderThan(9);
      assertThat(newest(reopened).manifest().index()).isEqualTo(9);
      try (Stream<Path> left = Files.list(directory)) {
        assertThat(left).hasSize(1);
      }
    }
    assertThat(olds).isGreaterThan(4);
    assertThat(news).isGreaterThan(4);
  }

  /** Writes checkpoint 8 and deletes 7, up to a step. */
  private static boolean crashesAt(int step, Path directory) {
    int[] left = {step};
    CheckpointStore store =
        new CheckpointStore(
            directory,
            name -> {
              if (left[0]-- == 0) {
                throw new IOException("crash before: " + name);
              }
            });
    try {
      save(store, 8);
      store.deleteOlderThan(8);
      return false;
    } catch (IOException crash) {
      return true;
    }
  }

  @Test
  void refusesAManifestThatIsDamagedAnywhereOrMissing() throws IOException {
    CheckpointStore store = new CheckpointStore(checkpoints());
    save(store, 6);
    save(store, 7);
    Path file = checkpoints().resolve("7/manifest");
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x20;
      Files.write(file, flipped);
      assertThatThrownBy(store::newest).as("byte %d", at).isInstanceOf(CorruptLogException.class);
      Files.write(file, Arrays.copyOf(whole, at));
      assertThatThrownBy(store::newest).as("cut at %d", at).isInstanceOf(CorruptLogException.class);
    }
    Files.delete(file);
    assertThatThrownBy(store::newest)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(file.toString());
  }

  private static void save(CheckpointStore store, long index) throws IOException {
    Path directory = store.prepare(index);
    Files.writeString(directory.resolve("state"), "state of " + index);
    store.commit(index, manifest(index));
  }

  private static Checkpoint newest(CheckpointStore store) throws IOException {
    @Nullable Checkpoint newest = store.newest();
    if (newest == null) {
      throw new AssertionError("expected a checkpoint, there is none");
    }
    return newest;
  }

  private static Manifest manifest(long index) {
    PartitionCheckpoint checkpoint =
        new PartitionCheckpoint(
            5,
            index + 20,
            List.of(
                new SegmentPosition(0, 1000, 0x12345678, 1, 2),
                new SegmentPosition(15, 77, -1, 3, Long.MAX_VALUE)));
    return new Manifest(
        3,
        index,
        1_700_000_000_000L,
        List.of(
            new ManifestPartition(1, 0, "orders", LogSettings.DEFAULTS, checkpoint),
            new ManifestPartition(
                2, 5, "clicks", LogSettings.DEFAULTS, PartitionCheckpoint.EMPTY)));
  }

  private List<String> list() throws IOException {
    try (Stream<Path> all = Files.list(checkpoints())) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
