package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Impact;
import dev.funes.chaos.history.Limits;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordKey;
import dev.funes.chaos.history.RunInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * A random history of a log that does all it promises: a simulation, event by event, of producers,
 * readers, watchers and a consumer group on partitions that are plain lists.
 */
final class GoodHistory {
  static final int PARTS = 2;
  static final int NODES = 3;
  static final String GROUP = "group-0";
  private static final long LOAD_NANOS = 2_000_000_000L;
  private static final int IDEMPOTENT = 2;
  private static final int PLAIN = 1;
  private static final int MEMBERS = 2;

  private static final long RECORD_BYTES = 100;
  private static final long HOUR_SECONDS = 3_600;
  private static final long SAMPLE_SECONDS = 10;

  private record Event(long nanos, Runnable action) {}

  private final SplittableRandom random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::nanos));
  private final List<Op> ops = new ArrayList<>();
  private final List<List<Long>> logs = new ArrayList<>();
  private final Map<List<Integer>, Long> seqs = new HashMap<>();
  private final Map<String, Long> positions = new HashMap<>();
  private final long[] stored = new long[PARTS];
  private final int[] owners = new int[PARTS]; // -1: nobody
  private long now;
  private long retentionBytes;

  private GoodHistory(long seed) {
    random = new SplittableRandom(seed);
  }

  static History random(long seed) {
    return new GoodHistory(seed).simulate(seed);
  }

  private History simulate(long seed) {
    for (int part = 0; part < PARTS; part++) {
      logs.add(new ArrayList<>());
      owners[part] = -1;
    }
    ops.add(new Op.Mark(0, "load", ""));
    for (int producer = 0; producer < IDEMPOTENT + PLAIN; producer++) {
      for (int part = 0; part < PARTS; part++) {
        write(producer, part, random.nextLong(5_000_000));
      }
    }
    for (int node = 1; node <= NODES; node++) {
      for (int part = 0; part < PARTS; part++) {
        read(node, part, 1_000_000);
        watch(node, part, 1_000_000);
      }
    }
    for (int part = 0; part < PARTS; part++) {
      gain(part, 2_000_000);
      look(part, 3_000_000);
    }
    fault();
    while (!events.isEmpty()) {
      Event event = events.remove();
      now = event.nanos;
      event.action.run();
    }
    finish(Math.max(now, LOAD_NANOS) + 1_000_000);
    return new History(info(seed), ops);
  }

  private RunInfo info(long seed) {
    return new RunInfo(
        1,
        seed,
        "good",
        0,
        List.of(RunInfo.TopicPlan.of("t", PARTS, 0).keeping(retentionBytes)),
        List.of(0, 1),
        Limits.DEFAULTS,
        "");
  }

  private void at(long nanos, Runnable action) {
    events.add(new Event(nanos, action));
  }

  private long soon() {
    return random.nextLong(1, 8_000_000);
  }

  private boolean isLoadOver() {
    return now > LOAD_NANOS;
  }

  private void write(int producer, int part, long begin) {
    at(
        begin,
        () -> {
          if (isLoadOver()) {
            return;
          }
          long invoked = now;
          int count = random.nextInt(1, 5);
          long first = seqs.merge(List.of(producer, part), (long) count, Long::sum) - count;
          int fate = random.nextInt(20);
          Outcome outcome = fate > 2 ? Outcome.OK : fate > 0 ? Outcome.UNKNOWN : Outcome.FAIL;
          boolean appended = outcome == Outcome.OK || (outcome == Outcome.UNKNOWN && fate == 1);
          long appendAt = invoked + soon();
          at(
              appendAt,
              () -> {
                long offset = appended ? append(part, producer, first, count) : -1;
                long ended = outcome == Outcome.UNKNOWN ? Op.NEVER : now + soon();
                ops.add(
                    new Op.Write(
                        "p" + producer,
                        invoked,
                        ended,
                        outcome,
                        part,
                        producer,
                        0,
                        first,
                        count,
                        outcome == Outcome.OK ? offset : -1,
                        outcome == Outcome.OK ? "" : "X"));
                write(producer, part, (ended == Op.NEVER ? now : ended) + soon());
              });
        });
  }

  private long append(int part, int producer, long first, int count) {
    List<Long> log = logs.get(part);
    long offset = log.size();
    for (int i = 0; i < count; i++) {
      log.add(RecordKey.of(producer, 0, first + i));
    }
    return offset;
  }

  private void read(int node, int part, long begin) {
    at(
        begin,
        () -> {
          long invoked = now;
          at(
              invoked + soon(),
              () -> {
                read("r" + node, Op.Reader.FREE, node, "", part, invoked);
                if (!isLoadOver()) {
                  read(node, part, now + 2 * soon());
                }
              });
        });
  }

  private void read(
      String process, Op.Reader reader, int node, String group, int part, long invoked) {
    long from = positions.getOrDefault(process + part, 0L);
    int end = logs.get(part).size();
    if (from >= end) {
      return;
    }
    long next = random.nextLong(from, end) + 1;
    positions.put(process + part, next);
    ops.add(
        new Op.Read(
            process,
            invoked,
            now + 1,
            reader,
            node,
            group,
            part,
            from,
            next,
            node == 0 ? -1 : random.nextLong(next, end + 1),
            runs(part, from, next),
            List.of()));
    now += 2;
  }

  private long[] runs(int part, long from, long next) {
    List<Long> runs = new ArrayList<>();
    for (long offset = from; offset < next; offset++) {
      runs.add(offset);
      runs.add(logs.get(part).get((int) offset));
      runs.add(1L);
    }
    return runs.stream().mapToLong(Long::longValue).toArray();
  }

  private void watch(int node, int part, long begin) {
    at(
        begin,
        () -> {
          long invoked = now;
          at(
              invoked + soon(),
              () -> {
                long end = logs.get(part).size();
                ops.add(new Op.End("e" + node, invoked, now + soon(), node, part, end));
                if (!isLoadOver()) {
                  watch(node, part, now + 10_000_000 + soon());
                }
              });
        });
  }

  private void gain(int part, long begin) {
    at(
        begin,
        () -> {
          int member = random.nextInt(MEMBERS);
          owners[part] = member;
          positions.put("m" + member + part, stored[part]);
          own(Op.Change.GAINED, member, part, stored[part]);
          serve(member, part, now + soon());
        });
  }

  private void own(Op.Change change, int member, int part, long position) {
    ops.add(new Op.Ownership("m" + member, now, change, GROUP, "m" + member, 1, part, position));
  }

  /** A member reads and stores, until it lets go of the partition or loses it. */
  private void serve(int member, int part, long begin) {
    at(
        begin,
        () -> {
          read("m" + member, Op.Reader.GROUP, 0, GROUP, part, now);
          int next = random.nextInt(12);
          if (next == 0 || isLoadOver()) {
            commit(member, part);
            own(Op.Change.RELEASED, member, part, -1);
            again(part);
          } else if (next == 1) {
            own(Op.Change.LOST, member, part, -1);
            again(part);
          } else if (next == 2) {
            reset(member, part);
          } else {
            if (next < 7) {
              commit(member, part);
            }
            serve(member, part, now + 2 * soon());
          }
        });
  }

  private void again(int part) {
    owners[part] = -1;
    if (!isLoadOver()) {
      gain(part, now + 1 + soon());
    }
  }

  private void commit(int member, int part) {
    long offset = positions.getOrDefault("m" + member + part, stored[part]);
    stored[part] = offset;
    ops.add(
        new Op.Commit(
            "m" + member, now, now + 1, Outcome.OK, GROUP, "m" + member, 1, part, offset, ""));
    now += 2;
  }

  private void reset(int member, int part) {
    own(Op.Change.LOST, member, part, -1);
    long target = random.nextLong(stored[part] + 1);
    stored[part] = target;
    ops.add(new Op.Reset("admin", now + 1, now + 2, Outcome.OK, GROUP, part, target));
    owners[part] = -1;
    gain(part, now + 10 + soon());
  }

  private void look(int part, long begin) {
    at(
        begin,
        () -> {
          ops.add(new Op.Committed("stored", now - 1, now + 5, GROUP, part, stored[part]));
          if (!isLoadOver()) {
            look(part, now + 30_000_000 + soon());
          }
        });
  }

  private void fault() {
    ops.add(
        new Op.Fault(
            1,
            "kill",
            List.of("node 2"),
            Impact.MINORITY,
            LOAD_NANOS / 2,
            LOAD_NANOS / 2 + 100_000_000,
            "pid 17 is gone"));
  }

  private void finish(long end) {
    ops.add(new Op.Mark(end, "unload", ""));
    boolean cut = random.nextBoolean(); // whether retention has taken something
    int sizeMin = logs.stream().mapToInt(List::size).min().orElseThrow();
    retentionBytes = cut ? RECORD_BYTES * Math.max(1, sizeMin / 4) : 0;
    for (int part = 0; part < PARTS; part++) {
      long keep = Math.max(1, retentionBytes / RECORD_BYTES);
      int size = logs.get(part).size();
      replicas(part, cut && size > keep ? random.nextLong(size - keep + 1) : 0, end);
    }
    for (int node = 1; node <= NODES; node++) {
      samples(node);
      ops.add(new Op.Files(end + 30, node, true, "2 partitions are whole"));
    }
  }

  /** What is left of a log at the end: in files, some of which begin earlier, and over the wire. */
  private void replicas(int part, long start, long end) {
    long size = logs.get(part).size();
    for (int node = 1; node <= NODES; node++) {
      ops.add(
          new Op.Read(
              "final",
              end + 10,
              end + 20,
              Op.Reader.FINAL,
              node,
              "",
              part,
              start,
              size,
              -1,
              runs(part, start, size),
              List.of()));
      ops.add(replica(end + 21, node, part, "fetch", start));
      ops.add(replica(end + 31, node, part, "files", random.nextLong(start + 1)));
    }
    if (start > 0) {
      // One who had not read what was taken goes on where the log begins now.
      Op.Reader reader = Op.Reader.FREE;
      ops.add(
          new Op.Read(
              "late", end, end + 1, reader, 1, "", part, 0, start, -1, new long[0], List.of()));
    }
  }

  private Op.Replica replica(long nanos, int node, int part, String source, long start) {
    List<Long> log = logs.get(part);
    List<Op.Piece> pieces = new ArrayList<>();
    for (long first = start; first < log.size(); ) {
      long next =
          Math.min(log.size(), (first / Op.Piece.OFFSETS + 1) * Op.Piece.OFFSETS); // of the next
      pieces.add(new Op.Piece(first, next, digest(log, first, next)));
      first = next;
    }
    return new Op.Replica(
        nanos,
        node,
        part,
        source,
        start,
        log.size(),
        digest(log, start, log.size()),
        (log.size() - start) * RECORD_BYTES,
        pieces);
  }

  private static String digest(List<Long> log, long from, long to) {
    return "digest-of-" + log.subList((int) from, (int) to).hashCode();
  }

  /** An hour of one node, with two restarts. */
  private void samples(int node) {
    long process = 0;
    long bornSeconds = 0;
    for (long second = 0; second <= HOUR_SECONDS; second += SAMPLE_SECONDS) {
      if (second == 900 || second == 2_100) {
        process++;
        bornSeconds = second;
      }
      boolean young = second - bornSeconds < 20;
      boolean settled = second % 60 == 0;
      ops.add(
          new Op.Sample(
              second * 1_000_000_000L,
              node,
              (100L << 20) + random.nextLong(1 << 20) + (settled ? 0 : random.nextLong(60 << 20)),
              young ? 900 : 200 + random.nextInt(20),
              young ? 10 : 80 + random.nextInt(8),
              1L << 28,
              (400L << 20) + random.nextLong(100 << 20),
              settled,
              10L * node + process));
    }
  }
}
