package dev.funes.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.funes.log.PartitionLog.Fetch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of a log; the files of one rot while it is open. */
class LogScrubTest {
  private static final LogSettings SETTINGS =
      new LogSettings(1 << 20, 1_000, LogSettings.UNLIMITED, LogSettings.UNLIMITED);
  private static final int SEGMENTS = 4;
  private static final int BATCHES = 40;
  private static final BatchSource NOBODY =
      offset -> {
        throw new IOException("there is no other replica");
      };

  @TempDir Path parent;

  private PartitionLog log;
  private PartitionLog peer;
  private LogScrub scrub;
  private long nowMillis;

  @BeforeEach
  void write() throws IOException {
    // Checks before every read: what was just written counts as old.
    log = open("log");
    peer = open("peer");
    scrub = new LogScrub(log);
    for (int segment = 0; segment < SEGMENTS; segment++) {
      for (int i = 0; i < BATCHES; i++) {
        append(log);
        append(peer);
      }
      nowMillis += SETTINGS.segmentMillis();
    }
    nowMillis -= SETTINGS.segmentMillis();
    assertThat(log.segmentCount()).isEqualTo(SEGMENTS);
  }

  @AfterEach
  void close() {
    log.close();
    peer.close();
  }

  private PartitionLog open(String name) throws IOException {
    return PartitionLog.restore(
        parent.resolve(name), SETTINGS, PartitionCheckpoint.EMPTY, new OpenFiles(1, 0));
  }

  /** Some batches are of one record, some of two; the leader changes now and then. */
  private void append(PartitionLog to) throws IOException {
    long end = to.endOffset();
    ByteBuffer batch =
        end % 3 == 0
            ? Batches.of(end, "one " + end, "two " + "x".repeat((int) (end % 700)))
            : Batches.of(end, "alone " + "y".repeat((int) (end * 31 % 2_000)));
    to.append(batch, (int) (end / 50), nowMillis);
  }

  private ByteBuffer fromPeer(long offset) {
    return ((Fetch.Batches) peer.fetch(offset, 1 << 16)).bytes();
  }

  @Test
  void findsEveryKindOfRotServesNoneOfItAndRepairsIt() throws Exception {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println("funes.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 150; round++) {
      List<Long> bases = scrub.segments();
      long base = bases.get(random.nextInt(bases.size()));
      Path file = SegmentFiles.log(parent.resolve("log"), base);
      String rot = rot(file, scrub.bytes(base), random);
      String what = "seed " + seed + " round " + round + ": " + rot + " of " + file.getFileName();

      assertReadsAreRightOrDamaged(what);
      SegmentFinding found = scrub.check(base, random.nextBoolean(), Pace.UNLIMITED);
      assertThat(found).as(what).isInstanceOf(SegmentFinding.Damaged.class);
      assertThat(repair(base, NOBODY)).as(what).isInstanceOf(SegmentRepair.Failed.class);
      assertThat(scrub.check(base, false, Pace.UNLIMITED))
          .as("it says so again: " + what)
          .isInstanceOf(SegmentFinding.Damaged.class);

      assertThat(repair(base, this::fromPeer)).as(what).isInstanceOf(SegmentRepair.Done.class);
      assertThat(scrub.check(base, random.nextBoolean(), Pace.UNLIMITED))
          .as(what)
          .isInstanceOf(SegmentFinding.Whole.class);
      assertThat(log.digest()).as(what).isEqualTo(peer.digest());
      append(log);
      append(peer);
    }
    PartitionCheckpoint checkpoint = log.checkpoint();
    assertThat(checkpoint).isEqualTo(peer.checkpoint());
    log.close();
    log =
        PartitionLog.restore(
            parent.resolve("log"),
            SETTINGS,
            checkpoint,
            Verification.EVERYTHING,
            BatchWriter.TO_CHANNEL,
            new OpenFiles(1));
    assertThat(log.digest()).isEqualTo(peer.digest());
  }

  private SegmentRepair repair(long base, BatchSource source) throws Exception {
    Path work = parent.resolve("work");
    SegmentRepair outcome = scrub.repair(base, source, work, Pace.UNLIMITED);
    assertThat(work).doesNotExist();
    return outcome;
  }

  /** Changes the first {@code bytes} of a file in some way. */
  private static String rot(Path file, long bytes, SplittableRandom random) throws IOException {
    int kind = random.nextInt(5);
    if (kind == 0) {
      Files.delete(file);
      return "deletion";
    }
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long at = random.nextLong(bytes);
      switch (kind) {
        case 1 -> access.setLength(at);
        case 2 -> {
          access.seek(at);
          access.write(new byte[(int) Math.min(4096, bytes - at)]);
          access.seek(at);
          access.write(0xee); // A byte that was 0 already would be no damage.
        }
        case 3 -> {
          byte[] noise = new byte[1 + random.nextInt(600)];
          random.nextBytes(noise);
          access.seek(Math.max(0, at - noise.length));
          access.write(noise, 0, (int) Math.min(noise.length, bytes));
        }
        default -> {
          access.seek(at);
          int was = access.read();
          access.seek(at);
          access.write(was ^ 1 << random.nextInt(Byte.SIZE));
        }
      }
      return List.of("", "cut", "zeros", "noise", "flip").get(kind) + " at " + at;
    }
  }

  private void assertReadsAreRightOrDamaged(String what) {
    long offset = 0;
    int damaged = 0;
    while (offset < log.endOffset()) {
      switch (log.fetch(offset, 3_000)) {
        case Fetch.Batches(long first, ByteBuffer bytes, long next) -> {
          Fetch.Batches right = (Fetch.Batches) peer.fetch(offset, 3_000);
          assertThat(first).as(what).isEqualTo(right.firstOffset());
          int size = Math.min(bytes.remaining(), right.bytes().remaining());
          assertThat(bytes.slice(0, size)).as(what).isEqualTo(right.bytes().slice(0, size));
          offset = next;
        }
        case Fetch.Damaged(Damage damage) -> {
          assertThat(damage.offset()).as(what).isLessThanOrEqualTo(offset);
          damaged++;
          offset = peer.fetch(offset, 1) instanceof Fetch.Batches one ? one.nextOffset() : -1;
        }
        default -> throw new AssertionError("expected something at " + offset + ", " + what);
      }
    }
    assertThat(damaged).as(what).isPositive();
  }

  @Test
  void trustsWhatWasJustWrittenAndLooksAgainLater() throws Exception {
    try (PartitionLog trusting =
        PartitionLog.restore(
            parent.resolve("trusting"),
            SETTINGS,
            PartitionCheckpoint.EMPTY,
            new OpenFiles(1, CheckMarks.AGE_MILLIS_MAX - 60_000))) {
      trusting.append(Batches.of(1, "alpha"), 1, 0);
      Path file = SegmentFiles.log(parent.resolve("trusting"), 0);
      flip(file, 65);
      assertThat(trusting.fetch(0, 1)).isInstanceOf(Fetch.Batches.class);
      trusting.view().segments().getFirst().marks().clear();
      assertThat(trusting.fetch(0, 1)).isInstanceOf(Fetch.Damaged.class);
      flip(file, 65);
      assertThat(trusting.fetch(0, 1)).isInstanceOf(Fetch.Batches.class);
      flip(file, 65);
      assertThat(trusting.fetch(0, 1)).as("checked a moment ago").isInstanceOf(Fetch.Batches.class);
    }
  }

  @Test
  void doesNotBelieveATimeInADamagedBatch() throws Exception {
    flip(SegmentFiles.log(parent.resolve("log"), 0), 65);
    assertThat(catchThrowable(() -> log.findByTimestamp(0)))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("offset");
    assertThat(log.findByTimestamp(scrub.segments().get(2))).isNotNull();
  }

  @Test
  void writesADamagedIndexAnew() throws Exception {
    long base = scrub.segments().get(1);
    Path index = SegmentFiles.indexOf(SegmentFiles.log(parent.resolve("log"), base));
    byte[] right = Files.readAllBytes(index);
    List<Runnable> rots =
        List.of(
            () -> unchecked(() -> flip(index, 5)),
            () -> unchecked(() -> Files.delete(index)),
            () -> unchecked(() -> SegmentFiles.cut(index, 20)));
    for (Runnable rot : rots) {
      rot.run();
      assertThat(scrub.check(base, true, Pace.UNLIMITED))
          .isInstanceOfSatisfying(
              SegmentFinding.Whole.class, whole -> assertThat(whole.indexRebuilt()).isTrue());
      assertThat(Files.readAllBytes(index)).isEqualTo(right);
      assertReadsAreRight();
    }
  }

  private void assertReadsAreRight() {
    for (long offset = 0; offset < log.endOffset(); ) {
      Fetch.Batches here = (Fetch.Batches) log.fetch(offset, 1 << 14);
      assertThat(here.bytes()).isEqualTo(((Fetch.Batches) peer.fetch(offset, 1 << 14)).bytes());
      offset = here.nextOffset();
    }
  }

  @Test
  void repairsTheSegmentThatIsAppendedToAndReadMeanwhile() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> appends =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                unchecked(
                    () -> {
                      append(peer);
                      append(log);
                    });
              }
            });
    for (int round = 0; round < 20; round++) {
      long base = scrub.segments().getLast();
      Path file = SegmentFiles.log(parent.resolve("log"), base);
      if (round % 4 == 3) {
        Files.delete(file);
      } else {
        flip(file, 100 + round);
      }
      SegmentRepair outcome = repair(base, this::fromPeer);
      if (outcome instanceof SegmentRepair.Failed) { // It was sealed at that very moment.
        outcome = repair(base, this::fromPeer);
      }
      assertThat(outcome).isInstanceOf(SegmentRepair.Done.class);
      assertThat(log.fetch(log.endOffset() - 1, 1)).isInstanceOf(Fetch.Batches.class);
    }
    done.set(true);
    appends.join();
    for (long base : scrub.segments()) {
      assertThat(scrub.check(base, true, Pace.UNLIMITED)).isInstanceOf(SegmentFinding.Whole.class);
    }
    assertThat(log.digest()).isEqualTo(peer.digest());
    log.force();
  }

  @Test
  void isGoneWhenTheSegmentIs() throws Exception {
    long first = scrub.segments().getFirst();
    Path file = SegmentFiles.log(parent.resolve("log"), first);
    flip(file, 100);
    BatchSource trims =
        offset -> {
          log.trimBefore(scrub.segments().get(1));
          log.deleteRetired(log.checkpoint());
          return fromPeer(offset);
        };
    assertThat(repair(first, trims)).isEqualTo(new SegmentRepair.Gone());
    assertThat(file).doesNotExist();
    assertThat(scrub.check(first, true, Pace.UNLIMITED)).isEqualTo(new SegmentFinding.Gone());
  }

  @Test
  void takesNoBatchesOfAnotherHistory() throws Exception {
    long base = scrub.segments().getFirst();
    Path file = SegmentFiles.log(parent.resolve("log"), base);
    flip(file, 100);
    byte[] damaged = Files.readAllBytes(file);
    BatchSource otherEpoch =
        offset -> {
          ByteBuffer copy = ByteBuffer.allocate(1 << 16).put(fromPeer(offset)).flip();
          return copy.putInt(12, 77);
        };
    assertThat(repair(base, otherEpoch))
        .isInstanceOfSatisfying(
            SegmentRepair.Failed.class, failed -> assertThat(failed.why()).contains("epoch"));
    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
  }

  private static void flip(Path file, int at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x10)}), at);
    }
  }

  private interface Io {
    void run() throws IOException;
  }

  private static void unchecked(Io io) {
    try {
      io.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
