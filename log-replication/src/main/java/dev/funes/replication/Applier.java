package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.TopicName;
import dev.funes.log.PartitionLog;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Command.Append;
import dev.funes.replication.Command.CommitOffsets;
import dev.funes.replication.Command.DeleteOffsets;
import dev.funes.replication.Command.DropPartition;
import dev.funes.replication.Command.ExpireProducers;
import dev.funes.replication.Command.PutPartition;
import dev.funes.replication.Command.TrimBefore;
import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.Fenced;
import dev.funes.replication.Outcome.Invalid;
import dev.funes.replication.Outcome.OutOfOrder;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.replication.Outcome.UnknownProducer;
import dev.funes.state.Changes;
import dev.funes.state.GroupOffset;
import dev.funes.state.KeyedState;
import dev.funes.state.ProducerState;
import dev.funes.state.StoredOffset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the commands of an entry do to the partitions and the keyed state. Depends on nothing but
 * the entries, in their order: no clock, no setting of the node. Apply thread only.
 */
final class Applier implements AutoCloseable {

  private final Partitions partitions;
  private final KeyedState keyed;

  private Changes changes; // of the entry at hand; used again while there are none
  private int leaderEpoch;
  private long index;
  private long timeMillis;

  Applier(Partitions partitions, KeyedState keyed) {
    this.partitions = partitions;
    this.keyed = keyed;
    this.changes = keyed.changes();
  }

  /** Total for every entry; an IOException is this node's own trouble. */
  Reply apply(long term, long index, Entry entry) throws IOException {
    this.leaderEpoch = Math.toIntExact(term);
    this.index = index;
    this.timeMillis = entry.timeMillis();
    List<Applied> outcomes = new ArrayList<>(entry.commands().size());
    for (Command command : entry.commands()) {
      outcomes.add(apply(command));
    }
    flush();
    return new Reply(outcomes);
  }

  private Applied apply(Command command) throws IOException {
    return switch (command) {
      case Append(PartitionId partition, ByteBuffer batch) -> append(partition, batch);
      case PutPartition put -> put(put);
      case DropPartition(PartitionId partition) -> drop(partition);
      case TrimBefore(PartitionId partition, long startOffset) -> trim(partition, startOffset);
      case CommitOffsets(String group, List<GroupOffset> offsets) -> commit(group, offsets);
      case DeleteOffsets(String group, List<PartitionId> ids) -> deleteOffsets(group, ids);
      case ExpireProducers(long beforeMillis) -> expire(beforeMillis);
    };
  }

  private Applied append(PartitionId id, ByteBuffer bytes) throws IOException {
    PartitionLog log = partitions.log(id);
    if (log == null) {
      return new UnknownPartition();
    }
    RecordBatch batch;
    try {
      batch = RecordBatch.at(bytes, bytes.position());
    } catch (InvalidBatchException e) {
      return new Invalid(String.valueOf(e.getMessage()));
    }
    if (batch.sizeBytes() != bytes.remaining() || batch.lastOffsetDelta() < 0) {
      return new Invalid(
          "expected one batch of " + bytes.remaining() + " bytes, was " + batch.sizeBytes());
    }
    if (batch.producerId() < 0) {
      return new Appended(log.append(bytes, leaderEpoch, timeMillis), false);
    }
    return appendOnce(id, log, batch, bytes);
  }

  private Applied appendOnce(PartitionId id, PartitionLog log, RecordBatch batch, ByteBuffer bytes)
      throws IOException {
    short epoch = batch.producerEpoch();
    int first = batch.baseSequence();
    int last = batch.lastSequence();
    ProducerState known = changes.producer(id.topicId(), id.partition(), batch.producerId());
    return switch (ProducerState.judge(known, epoch, first, last)) {
      case ProducerState.Check.Next() -> {
        long baseOffset = log.append(bytes, leaderEpoch, timeMillis);
        changes.putProducer(
            id.topicId(),
            id.partition(),
            batch.producerId(),
            known == null
                ? ProducerState.first(epoch, first, last, baseOffset, timeMillis)
                : known.appended(epoch, first, last, baseOffset, timeMillis));
        yield new Appended(baseOffset, false);
      }
      case ProducerState.Check.Duplicate(long baseOffset) -> new Appended(baseOffset, true);
      case ProducerState.Check.OutOfOrder(int expected) -> new OutOfOrder(expected, first);
      case ProducerState.Check.Fenced(short newest) -> new Fenced(newest);
      case ProducerState.Check.UnknownProducer() -> new UnknownProducer();
    };
  }

  private Applied put(PutPartition put) throws IOException {
    // The name becomes a directory, so it is never taken on trust.
    String problem = TopicName.problem(put.topicName());
    if (problem != null) {
      return new Invalid(problem);
    }
    partitions.put(put.partition(), put.topicName(), put.settings());
    return new Done();
  }

  private Applied drop(PartitionId id) throws IOException {
    if (!partitions.drop(id, index)) {
      return new UnknownPartition();
    }
    changes.deletePartition(id.topicId(), id.partition());
    return new Done();
  }

  private Applied trim(PartitionId id, long startOffset) throws IOException {
    PartitionLog log = partitions.log(id);
    if (log == null) {
      return new UnknownPartition();
    }
    if (startOffset > log.logStartOffset() && startOffset <= log.endOffset()) {
      log.trimBefore(startOffset);
    }
    return new Done();
  }

  private Applied commit(String group, List<GroupOffset> offsets) {
    for (GroupOffset each : offsets) {
      StoredOffset offset = each.offset();
      changes.putOffset(
          group,
          each.topicId(),
          each.partition(),
          new StoredOffset(offset.offset(), offset.leaderEpoch(), offset.metadata(), timeMillis));
    }
    return new Done();
  }

  private Applied deleteOffsets(String group, List<PartitionId> ids) {
    for (PartitionId id : ids) {
      changes.deleteOffset(group, id.topicId(), id.partition());
    }
    return new Done();
  }

  private Applied expire(long beforeMillis) throws IOException {
    flush();
    keyed.forEachProducer(
        (topicId, partition, producerId, state) -> {
          if (state.lastTimestampMillis() < beforeMillis) {
            changes.deleteProducer(topicId, partition, producerId);
          }
        });
    flush();
    return new Done();
  }

  /** Entries of plain batches change nothing here, and then nothing is written. */
  private void flush() throws IOException {
    if (!changes.isEmpty()) {
      keyed.write(changes, index);
      changes = keyed.changes();
    }
  }

  @Override
  public void close() {
    changes.close();
  }
}
