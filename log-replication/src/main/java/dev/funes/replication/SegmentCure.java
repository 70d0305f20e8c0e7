package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.Damage;
import dev.funes.log.LogScrub;
import dev.funes.log.PartitionLog;
import dev.funes.log.SegmentFinding;
import dev.funes.log.SegmentRepair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one segment after the other, has the damaged ones written anew, and remembers those that
 * could not be. One thread, that of the {@link Scrubber}; any thread asks for the status.
 */
final class SegmentCure {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentCure.class);

  private static final int LOGGED_MAX = 5;

  /** What a repair leaves free for others. */
  private static final long ROOM_BYTES = 64L << 20;

  private static final long RETRY_MILLIS_MIN = 1_000;
  private static final long RETRY_MILLIS_MAX = 5 * 60_000;

  /** A segment of a partition. */
  record Patient(PartitionId partition, PartitionLog log, long baseOffset) {
    Scrubber.Place place() {
      return new Scrubber.Place(partition, baseOffset);
    }
  }

  /** What is known of a segment that is damaged. */
  private static final class Case {
    final Patient patient;
    final Set<Long> positions = new HashSet<>();
    String why = "";
    long retryMillis = RETRY_MILLIS_MIN;
    long dueNanos;

    Case(Patient patient) {
      this.patient = patient;
    }
  }

  private final Path directory;
  private final Path work;
  private final ScrubPace pace;
  private final Map<Scrubber.Place, Case> cases = new HashMap<>(); // guarded by this, as all below
  private ReplicaBatches others =
      _ ->
          _ -> {
            throw new IOException("this node does not know the other replicas yet");
          };
  private long scrubbedBytes;
  private long corruptBatches;
  private long repairedBatches;
  private long repairedIndexes;

  /**
   * @param directory for a file that is put together; it is made when it is needed
   */
  SegmentCure(Path directory, ScrubPace pace) {
    this.directory = directory;
    this.work = directory.resolve("segment");
    this.pace = pace;
  }

  synchronized void repairFrom(ReplicaBatches replicas) {
    others = replicas;
    try {
      Files.deleteIfExists(work); // A crash may have left it.
    } catch (IOException e) {
      LOG.warn("{} could not be deleted", work, e);
    }
  }

  synchronized ScrubStatus status(boolean running, long doneBytes, long totalBytes, long passes) {
    return new ScrubStatus(
        running,
        doneBytes,
        totalBytes,
        passes,
        scrubbedBytes,
        corruptBatches,
        repairedBatches,
        repairedIndexes,
        cases.size(),
        cases.values().stream().findFirst().map(each -> each.why).orElse(""));
  }

  /** Damaged segments that it is time to try again. */
  synchronized List<Patient> due() {
    long now = System.nanoTime();
    return cases.values().stream()
        .filter(each -> each.dueNanos - now <= 0)
        .map(each -> each.patient)
        .toList();
  }

  /** Checks a segment and repairs it when it is damaged. */
  void look(Patient patient, boolean fromDisk) throws IOException, InterruptedException {
    switch (check(patient, fromDisk)) {
      case SegmentFinding.Gone _ -> over(patient, 0, 0);
      case SegmentFinding.Whole(long bytes, boolean indexRebuilt) -> {
        if (indexRebuilt) {
          LOG.warn(
              "partition {}: the index of segment {} was damaged and is written anew",
              patient.partition,
              patient.baseOffset);
        }
        over(patient, bytes, indexRebuilt ? 1 : 0);
      }
      case SegmentFinding.Damaged damaged -> {
        report(patient, damaged);
        repair(patient);
      }
    }
  }

  private SegmentFinding check(Patient patient, boolean fromDisk)
      throws IOException, InterruptedException {
    try {
      return new LogScrub(patient.log).check(patient.baseOffset, fromDisk, pace);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e); // Of a check, and no reason to stop the node.
    }
  }

  private synchronized void over(Patient patient, long bytes, int indexes) {
    scrubbedBytes += bytes;
    repairedIndexes += indexes;
    Case known = cases.remove(patient.place());
    if (known != null && bytes > 0) {
      repairedBatches += known.positions.size(); // It can be read again, whatever it was.
    }
  }

  private synchronized void report(Patient patient, SegmentFinding.Damaged damaged) {
    scrubbedBytes += damaged.bytes();
    Case known = cases.computeIfAbsent(patient.place(), _ -> new Case(patient));
    int news = 0;
    for (Damage damage : damaged.damages()) {
      if (known.positions.add(damage.position())) {
        corruptBatches++;
        if (++news <= LOGGED_MAX) {
          LOG.error("partition {}: {}", patient.partition, damage);
        }
      }
    }
    if (news > LOGGED_MAX) {
      LOG.error(
          "partition {}: {} more damaged places in {}",
          patient.partition,
          news - LOGGED_MAX,
          damaged.file());
    }
  }

  private void repair(Patient patient) throws IOException, InterruptedException {
    ReplicaBatches replicas;
    synchronized (this) {
      replicas = others;
    }
    Files.createDirectories(directory);
    LogScrub scrub = new LogScrub(patient.log);
    long neededBytes = scrub.bytes(patient.baseOffset) + ROOM_BYTES;
    if (directory.toFile().getUsableSpace() < neededBytes) {
      failed(patient, "that needs " + neededBytes + " bytes of disk, and they are not free");
      return;
    }
    SegmentRepair outcome =
        scrub.repair(patient.baseOffset, replicas.of(patient.partition), work, pace);
    switch (outcome) {
      case SegmentRepair.Gone _ -> over(patient, 0, 0);
      case SegmentRepair.Done(int batches, long bytes) -> {
        LOG.warn(
            "partition {}: segment {} is repaired, {} batches came from another replica",
            patient.partition,
            patient.baseOffset,
            batches);
        over(patient, bytes, 0);
      }
      case SegmentRepair.Failed(String why) -> failed(patient, why);
    }
  }

  private synchronized void failed(Patient patient, String why) {
    Case known = cases.get(patient.place());
    if (known == null) {
      return;
    }
    known.why =
        "segment %d of partition %s cannot be repaired: %s"
            .formatted(patient.baseOffset, patient.partition, why);
    LOG.error("{}; tried again in {} ms", known.why, known.retryMillis);
    known.dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(known.retryMillis);
    known.retryMillis = Math.min(RETRY_MILLIS_MAX, known.retryMillis * 2);
  }
}
