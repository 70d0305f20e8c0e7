package dev.funes.client;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the target of a copy. One batch at a time is under way, and it is appended only
 * where the partition ended when somebody last looked: so nothing that is still on its way, from
 * this process or from one that was killed, can come behind our back.
 *
 * <p>Only the thread of the copy uses it.
 */
final class CopyLane {
  private static final int BATCH_RECORDS_MAX = 5_000;
  private static final int BATCH_BYTES_MAX = 512 << 10;
  private static final long PAUSE_NANOS_MAX = 50_000_000;

  private final TopicPartition target;
  private final String id;
  private final Producer producer;
  private final CopyTail tail;
  // What of each partition of the source is in the target, or not for this partition of it.
  private final SortedMap<TopicPartition, Long> done = new TreeMap<>();
  private List<ConsumedRecord> gathered = new ArrayList<>();
  private long gatheredBytes;
  private List<ConsumedRecord> sent = List.of();
  private SortedMap<TopicPartition, Long> sentPosition = new TreeMap<>();
  private @Nullable CompletableFuture<RecordPosition> underWay;
  private long end;
  private long copied;
  private long skipped;

  /** Looks for what an earlier copy of this id has left. */
  CopyLane(TopicPartition target, String id, Producer producer, CopyTail tail) {
    this.target = target;
    this.id = id;
    this.producer = producer;
    this.tail = tail;
    this.end = tail.offset(target, new LogPosition.Start());
    lookFor();
  }

  /** Where the copy has to begin in a partition of the source; null: it left nothing here. */
  @Nullable Long next(TopicPartition source) {
    return done.get(source);
  }

  /**
   * Takes a record; sends a batch when it is full, and waits for the one before it.
   *
   * @param position of the copy, this record included
   */
  void add(ConsumedRecord record, SortedMap<TopicPartition, Long> position) {
    if (isDone(record)) {
      skipped++;
      return;
    }
    gathered.add(record);
    gatheredBytes +=
        RecordSize.bytes(record.record().key(), record.record().value(), record.record().headers());
    if (gathered.size() >= BATCH_RECORDS_MAX || gatheredBytes >= BATCH_BYTES_MAX) {
      send(position);
    }
  }

  /** Sends what was gathered; does not wait for it. */
  void send(SortedMap<TopicPartition, Long> position) {
    settle();
    if (!gathered.isEmpty()) {
      sent = gathered;
      sentPosition = new TreeMap<>(done);
      position.forEach((source, offset) -> sentPosition.merge(source, offset, Math::max));
      gathered = new ArrayList<>();
      gatheredBytes = 0;
      append();
    }
  }

  /** Waits until the batch under way is in the log. */
  void settle() {
    int tries = 0;
    while (underWay != null) {
      try {
        RecordPosition written = underWay.join();
        end = written.offset() + sent.size();
        copied += sent.size();
        sentPosition.forEach((source, offset) -> done.merge(source, offset, Math::max));
        underWay = null;
      } catch (CompletionException e) {
        underWay = null;
        if (!(e.getCause() instanceof FunesException failure) || !mayBeThere(failure.code())) {
          throw e.getCause() instanceof FunesException failure ? failure : e;
        }
        if (++tries > 1) {
          LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS_MAX));
        }
        lookFor();
        appendRest();
      }
    }
  }

  /** Somebody else has written here, or nobody knows whether we have. */
  private static boolean mayBeThere(ErrorCode code) {
    return code == ErrorCode.OFFSET_CONFLICT || code == ErrorCode.UNKNOWN_OUTCOME;
  }

  private void appendRest() {
    List<ConsumedRecord> rest = sent.stream().filter(record -> !isDone(record)).toList();
    skipped += sent.size() - rest.size();
    sent = rest;
    if (!rest.isEmpty()) {
      append();
    }
  }

  private void append() {
    List<ProducerRecord> records = new ArrayList<>(sent.size());
    for (int i = 0; i < sent.size(); i++) {
      boolean isLast = i == sent.size() - 1;
      records.add(CopyMark.copy(sent.get(i), target, id, isLast ? sentPosition : null));
    }
    underWay = producer.appendAt(target, end, records);
  }

  private void lookFor() {
    long newEnd = tail.offset(target, new LogPosition.End());
    SortedMap<TopicPartition, Long> mark = tail.last(target, end, newEnd);
    if (mark != null) {
      mark.forEach((source, offset) -> done.merge(source, offset, Math::max));
    }
    end = newEnd;
  }

  private boolean isDone(ConsumedRecord record) {
    Long next = done.get(record.topicPartition());
    return next != null && record.offset() < next;
  }

  long copied() {
    return copied;
  }

  long skipped() {
    return skipped;
  }
}
