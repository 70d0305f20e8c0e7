package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.TopicName;
import dev.funes.log.PartitionLog;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Command.Append;
import dev.funes.replication.Command.DropPartition;
import dev.funes.replication.Command.ExpireProducers;
import dev.funes.replication.Command.PutPartition;
import dev.funes.replication.Command.TrimBefore;
import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Conflict;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.Fenced;
import dev.funes.replication.Outcome.Invalid;
import dev.funes.replication.Outcome.OutOfOrder;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.replication.Outcome.UnknownProducer;
import dev.funes.state.KeyedState;
import dev.funes.state.ProducerState;
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
  private final EntryChanges changes;
  private final GroupApplier groups;

  private int leaderEpoch;
  private long index;
  private long timeMillis;

  Applier(Partitions partitions, KeyedState keyed) {
    this.partitions = partitions;
    this.keyed = keyed;
    this.changes = new EntryChanges(keyed);
    this.groups = new GroupApplier(keyed, changes);
  }

  /** Total for every entry; an IOException is this node's own trouble. */
  Reply apply(long term, long index, Entry entry) throws IOException {
    this.leaderEpoch = Math.toIntExact(term);
    this.index = index;
    this.timeMillis = entry.timeMillis();
    changes.begin(index);
    List<Applied> outcomes = new ArrayList<>(entry.commands().size());
    for (Command command : entry.commands()) {
      outcomes.add(apply(command));
    }
    changes.flush();
    return new Reply(outcomes);
  }

  private Applied apply(Command command) throws IOException {
    return switch (command) {
      case Append append -> append(append);
      case PutPartition put -> put(put);
      case DropPartition(PartitionId partition) -> drop(partition);
      case TrimBefore(PartitionId partition, long startOffset) -> trim(partition, startOffset);
      case ExpireProducers(long beforeMillis) -> expire(beforeMillis);
      case GroupCommand ofGroup -> groups.apply(ofGroup, timeMillis);
    };
  }

  private Applied append(Append append) throws IOException {
    ByteBuffer bytes = append.batch();
    PartitionLog log = partitions.log(append.partition());
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
      return conflicts(append, log)
          ? new Conflict(log.endOffset())
          : new Appended(log.append(bytes, leaderEpoch, timeMillis), false);
    }
    return appendOnce(append, log, batch);
  }

  private static boolean conflicts(Append append, PartitionLog log) {
    return append.expectedOffset() >= 0 && append.expectedOffset() != log.endOffset();
  }

  /** A duplicate is one whatever was expected; a conflict leaves the producer where it was. */
  private Applied appendOnce(Append append, PartitionLog log, RecordBatch batch)
      throws IOException {
    PartitionId id = append.partition();
    short epoch = batch.producerEpoch();
    int first = batch.baseSequence();
    int last = batch.lastSequence();
    ProducerState known = changes.now().producer(id.topicId(), id.partition(), batch.producerId());
    return switch (ProducerState.judge(known, epoch, first, last)) {
      case ProducerState.Check.Next() -> {
        if (conflicts(append, log)) {
          yield new Conflict(log.endOffset());
        }
        long baseOffset = log.append(append.batch(), leaderEpoch, timeMillis);
        changes
            .now()
            .putProducer(
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
    changes.now().deletePartition(id.topicId(), id.partition());
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

  private Applied expire(long beforeMillis) throws IOException {
    changes.flush();
    keyed.forEachProducer(
        (topicId, partition, producerId, state) -> {
          if (state.lastTimestampMillis() < beforeMillis) {
            changes.now().deleteProducer(topicId, partition, producerId);
          }
        });
    changes.flush();
    return new Done();
  }

  @Override
  public void close() {
    changes.close();
  }
}
