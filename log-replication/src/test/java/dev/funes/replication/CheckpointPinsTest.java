package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.log.CheckpointStore;
import dev.funes.log.Manifest;
import dev.funes.raft.TermIndexed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a checkpoint is kept for who copies it. */
class CheckpointPinsTest {

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger deletions = new AtomicInteger();
  private CheckpointStore store;
  private CheckpointPins pins;

  @BeforeEach
  void open() throws IOException {
    store = new CheckpointStore(directory.resolve("checkpoints"));
    pins = new CheckpointPins(directory, nanos::get);
  }

  private void save(long index) throws IOException {
    Path prepared = store.prepare(index);
    Files.createDirectories(prepared.resolve(Checkpointer.STATE));
    Files.writeString(prepared.resolve(Checkpointer.STATE).resolve("x"), "0123456789");
    store.commit(index, new Manifest(3, index, 0, List.of()));
  }

  @Test
  void thereIsNothingToCopyBeforeTheFirstCheckpoint() throws IOException {
    assertThat(pins.pin(store)).isNull();
  }

  @Test
  void readingKeepsItAndSilenceLetsItGo() throws IOException {
    save(20);
    CheckpointListing listing = Objects.requireNonNull(pins.pin(store));
    assertThat(listing.index()).isEqualTo(20);
    assertThat(listing.files()).extracting(CheckpointFile::sizeBytes).containsExactly(10L);
    TermIndexed later = new TermIndexed(3, 90);

    nanos.addAndGet(CheckpointPins.LEASE_NANOS);
    try (CheckpointReader reader = pins.open(20, "state/x", 4)) {
      nanos.addAndGet(CheckpointPins.LEASE_NANOS);
      assertThat(reader.next(100))
          .isNotNull()
          .satisfies(b -> assertThat(b.remaining()).isEqualTo(6));
      assertThat(reader.next(100)).isNull();
    }
    nanos.addAndGet(CheckpointPins.LEASE_NANOS);
    pins.deleteUnlessPinned(deletions::incrementAndGet);
    assertThat(deletions).hasValue(0);
    assertThat(pins.oldest(later)).isEqualTo(new TermIndexed(3, 20));

    nanos.addAndGet(1);
    pins.deleteUnlessPinned(deletions::incrementAndGet);
    assertThat(deletions).hasValue(1);
    assertThat(pins.oldest(later)).isEqualTo(later);
    assertThatThrownBy(() -> pins.open(20, "state/x", 0))
        .hasMessageContaining("index 20 is not kept any more");
  }

  @Test
  void aPurgeBehindItIsNotHeldUp() throws IOException {
    save(20);
    pins.pin(store);
    assertThat(pins.oldest(new TermIndexed(2, 7))).isEqualTo(new TermIndexed(2, 7));
  }

  @Test
  void onlyItsOwnFilesCanBeRead() throws IOException {
    save(20);
    pins.pin(store);
    for (String name : List.of("manifest", "../checkpoints/20/manifest", "state/../manifest", "")) {
      assertThatThrownBy(() -> pins.open(20, name, 0)).hasMessageContaining("has no file");
    }
    assertThatThrownBy(() -> pins.open(20, "state/x", 11)).hasMessageContaining("from 0 to 10");
    assertThatThrownBy(() -> pins.open(20, "state/x", -1)).hasMessageContaining("from 0 to 10");
  }
}
