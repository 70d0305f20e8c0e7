package dev.funes.chaos.workload;

import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.RecordValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what one read returned of one partition. One thread uses it. */
final class ReadNote {
  private final int runId;
  private final int part;
  private final long fromOffset;
  private final List<Op.BadRecord> bad = new ArrayList<>();
  private long[] runs = new long[12];
  private int length;
  private long nextOffset;

  /**
   * @param fromOffset where it reads
   */
  ReadNote(int runId, int part, long fromOffset) {
    this.runId = runId;
    this.part = part;
    this.fromOffset = fromOffset;
    this.nextOffset = fromOffset;
  }

  long nextOffset() {
    return nextOffset;
  }

  boolean isEmpty() {
    return length == 0 && bad.isEmpty();
  }

  /** Takes a record. */
  void add(long offset, byte @Nullable [] value) {
    nextOffset = offset + 1;
    if (value == null) {
      damaged(offset, "has no value");
      return;
    }
    switch (RecordValue.parse(value)) {
      case RecordValue.Parsed.Bad(String problem) -> damaged(offset, problem);
      case RecordValue.Parsed.Good(RecordValue found) -> {
        if (found.runId() != runId) {
          damaged(offset, "is of run %08x".formatted(found.runId()));
        } else if (found.part() != part) {
          damaged(offset, "was sent to partition number " + found.part());
        } else {
          good(offset, found.key());
        }
      }
    }
  }

  private void good(long offset, long key) {
    if (length > 0) {
      long count = runs[length - 1];
      if (runs[length - 3] + count == offset && runs[length - 2] + count == key) {
        runs[length - 1]++;
        return;
      }
    }
    if (length == runs.length) {
      runs = Arrays.copyOf(runs, length * 2);
    }
    runs[length++] = offset;
    runs[length++] = key;
    runs[length++] = 1;
  }

  /** Takes a record that cannot be read. */
  void damaged(long offset, String problem) {
    bad.add(new Op.BadRecord(offset, problem));
    nextOffset = Math.max(nextOffset, offset + 1);
  }

  /** Goes on behind what could not be read. */
  void skipTo(long offset) {
    nextOffset = Math.max(nextOffset, offset);
  }

  /** The read, as it goes into a history. */
  Op.Read done(
      String process, long invokedNanos, Op.Reader reader, int node, String group, long endOffset) {
    return new Op.Read(
        process,
        invokedNanos,
        invokedNanos,
        reader,
        node,
        group,
        part,
        fromOffset,
        nextOffset,
        endOffset,
        Arrays.copyOf(runs, length),
        bad);
  }
}
