package dev.funes.cli.consume;

import dev.funes.cli.console.Interruption;
import dev.funes.cli.console.Progress;
import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.RecordFormat;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.TopicPartition;
import dev.funes.record.LogRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and prints until told to end. With a consumer group, only what has left the process is
 * committed: first the output is flushed, then the offsets are stored.
 */
final class Reading {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long COMMIT_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int RESUME_LINES_MAX = 12;

  private final Consumer consumer;
  private final boolean commits;
  private final long countMax;
  private final RecordFormat format;
  private final ByteSink out;
  private final Progress progress;
  // Indexed by partition: the offset after the last record printed; -1 when none was.
  private final long[] next;
  private long records;
  private long bytes;
  private boolean uncommitted;
  private long lastCommitNanos = System.nanoTime();

  Reading(
      Consumer consumer,
      List<TopicPartition> partitions,
      boolean commits,
      long countMax,
      RecordFormat format,
      ByteSink out,
      Progress progress) {
    this.consumer = consumer;
    this.commits = commits;
    this.countMax = countMax;
    this.format = format;
    this.out = out;
    this.progress = progress;
    this.next = new long[partitions.getLast().partition() + 1];
    Arrays.fill(next, -1);
  }

  /** Returns after the last record, at the end, after an interruption, or when nobody reads on. */
  void run(Interruption interruption) throws IOException {
    try {
      while (records < countMax && !consumer.atEnd() && !interruption.isRequested()) {
        List<ConsumedRecord> polled = consumer.poll(POLL);
        print(polled);
        commitWhenDue(polled.isEmpty());
      }
    } catch (BrokenPipeException e) {
      // Whoever read the output has enough: not an error. What they may not have seen stays
      // uncommitted.
      return;
    }
    commit();
  }

  private void print(List<ConsumedRecord> polled) throws IOException {
    try {
      for (ConsumedRecord consumed : polled) {
        if (records == countMax) {
          break;
        }
        LogRecord record = consumed.record();
        format.write(consumed.topic(), consumed.partition(), record, out);
        next[consumed.partition()] = record.offset() + 1;
        records++;
        bytes += length(record.key()) + length(record.value());
        uncommitted = true;
      }
      out.flush();
    } catch (IOException e) {
      throw BrokenPipeException.isBrokenPipe(e) ? new BrokenPipeException(e) : e;
    }
  }

  private static int length(byte @Nullable [] content) {
    return content == null ? 0 : content.length;
  }

  private void commitWhenDue(boolean idle) {
    if (idle || System.nanoTime() - lastCommitNanos >= COMMIT_EVERY_NANOS) {
      commit();
    }
  }

  private void commit() {
    lastCommitNanos = System.nanoTime();
    if (commits && uncommitted) {
      consumer.commit(nextOffsets());
      uncommitted = false;
    }
  }

  private SortedMap<TopicPartition, Long> nextOffsets() {
    SortedMap<TopicPartition, Long> offsets = new TreeMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      if (next[partition.partition()] >= 0) {
        offsets.put(partition, next[partition.partition()]);
      }
    }
    return offsets;
  }

  /** Says what was read, and what to type to read on. */
  void printSummary(String topic, @Nullable String group, PrintWriter err) {
    err.println("interrupted: " + progress.describe(records, bytes) + " read");
    if (group != null) {
      err.println("to go on: funes consume " + topic + " -g " + group);
    } else {
      nextOffsets().entrySet().stream()
          .limit(RESUME_LINES_MAX)
          .forEach(
              entry ->
                  err.println(
                      "to go on: funes consume %s -p %d -o %d"
                          .formatted(topic, entry.getKey().partition(), entry.getValue())));
    }
    err.flush();
  }
}
