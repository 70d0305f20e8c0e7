package dev.funes.client;

import dev.funes.record.LogRecord;
import dev.funes.record.Murmur2;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Copies the records of a {@link Replay} into a topic, each once, whatever happens: a process that
 * is killed in the middle leaves a copy that the next one with the same id completes, without a gap
 * and without a double, and in the same order.
 *
 * <pre>{@code
 * try (ReplayCopy copy = ReplayCopy.open(config, "orders-again", "2026-11-22");
 *     Replay replay = Replay.open(config, copy.remaining(range))) {
 *   replay.forEachRemaining(copy::add);
 *   copy.flush();
 * }
 * }</pre>
 *
 * <p>A record goes to the partition of its key; without a key, to the one with the number of its
 * source partition, modulo. It keeps its timestamp and headers, and gets headers that tell where it
 * came from: funes-source-topic, -partition, -offset, -timestamp, and funes-replay with the id. The
 * last record of each batch has funes-replay-position besides, which is how the next process finds
 * out what is there.
 *
 * <p>Others may write to the target meanwhile, which makes the copy slower. Not thread-safe.
 */
public final class ReplayCopy implements AutoCloseable {
  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9._-]{1,100}");

  /** More than the longest name of a topic: what a partition takes in a header, at most. */
  private static final int SLACK_BYTES = 512;

  private final int recordBytesMax;
  private final Producer producer;
  private final Admin admin;
  private final List<CopyLane> lanes = new ArrayList<>();
  private final SortedMap<TopicPartition, Long> position = new TreeMap<>();

  private ReplayCopy(ClientConfig config, String topic, String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id: '" + id + "' is not 1 to 100 of [a-zA-Z0-9._-]");
    }
    this.recordBytesMax = config.recordBytesMax();
    this.producer = Producer.open(config);
    this.admin = Admin.open(config);
    CopyTail tail = new CopyTail(config, admin, id);
    try {
      int count = admin.describeTopic(topic).topic().partitionCount();
      for (int partition = 0; partition < count; partition++) {
        lanes.add(new CopyLane(new TopicPartition(topic, partition), id, producer, tail));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a copy, and looks in the target for what an earlier one of this id has left. In a topic
   * that holds much of others, the nodes look through all of it once.
   *
   * @param topic the target; has to exist, and must not be among the topics that are replayed
   * @param id names the copy: another range or filter needs another id
   * @throws FunesException UNKNOWN_TOPIC
   */
  public static ReplayCopy open(ClientConfig config, String topic, String id) {
    return new ReplayCopy(config, topic, id);
  }

  /** The part of a range that is not known to be copied; what is copied of it is passed over. */
  public ReplayRange remaining(ReplayRange range) {
    SortedMap<TopicPartition, Long> from = new TreeMap<>();
    for (TopicPartition source : range.from().offsets().keySet()) {
      long first = range.from().offset(source);
      long next = Long.MAX_VALUE;
      for (CopyLane lane : lanes) {
        Long there = lane.next(source);
        next = Math.min(next, there == null ? first : there);
      }
      from.put(source, Math.clamp(next, first, range.to().offset(source)));
    }
    return new ReplayRange(new Cut(from), range.to(), range.order(), range.filter());
  }

  /**
   * Copies a record, unless it is there already. Gathers records into batches; waits while the last
   * batch of the same partition is under way.
   *
   * @throws FunesException RECORD_TOO_LARGE: the record fits, but not with where it came from; and
   *     whatever keeps the target from being written for {@link ClientConfig#deliveryTimeout()}
   */
  public void add(ConsumedRecord record) {
    requireRoom(record);
    position.put(record.topicPartition(), record.offset() + 1);
    byte[] key = record.record().key();
    int lane =
        key == null ? record.partition() % lanes.size() : Murmur2.partition(key, lanes.size());
    lanes.get(lane).add(record, position);
  }

  private void requireRoom(ConsumedRecord record) {
    LogRecord source = record.record();
    int slack = SLACK_BYTES * (2 + position.size());
    if (RecordSize.bytes(source.key(), source.value(), source.headers()) + slack < recordBytesMax) {
      return;
    }
    ProducerRecord copy =
        CopyMark.copy(record, new TopicPartition(record.topic(), 0), "", position);
    long bytes = RecordSize.bytes(copy.key(), copy.value(), copy.headers());
    if (bytes > recordBytesMax) {
      throw new FunesException(
          ErrorCode.RECORD_TOO_LARGE,
          "the record at offset %d of %s has %d bytes with where it comes from, more than %d"
              .formatted(record.offset(), record.topicPartition(), bytes, recordBytesMax),
          "record",
          recordBytesMax,
          null);
    }
  }

  /** Sends what was gathered, and waits until all that was added is in the log. */
  public void flush() {
    lanes.forEach(lane -> lane.send(position));
    lanes.forEach(CopyLane::settle);
  }

  /** Records that were written. */
  public long copied() {
    return lanes.stream().mapToLong(CopyLane::copied).sum();
  }

  /** Records that were added and are there from an earlier copy. */
  public long skipped() {
    return lanes.stream().mapToLong(CopyLane::skipped).sum();
  }

  /** Closes without a flush: what was gathered is not copied. */
  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
