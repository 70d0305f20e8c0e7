package dev.funes.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cluster.PartitionId;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Outcome.Appended;
import dev.funes.replication.Outcome.Applied;
import dev.funes.replication.Outcome.Done;
import dev.funes.replication.Outcome.Fenced;
import dev.funes.replication.Outcome.OutOfOrder;
import dev.funes.replication.Outcome.UnknownPartition;
import dev.funes.replication.Outcome.UnknownProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a data raft group should be, in plain collections and without a thought of speed. */
final class ModelGroup {

  static final class Log {
    final List<String> values = new ArrayList<>();
    long start;
  }

  record ProducerKey(PartitionId partition, long producerId) {}

  record Sent(int first, int last, long baseOffset) {}

  static final class Producer {
    int epoch;
    long lastMillis;
    List<Sent> window = new ArrayList<>();
  }

  final Map<PartitionId, Log> logs = new TreeMap<>();
  final Map<ProducerKey, Producer> producers = new HashMap<>();
  final ModelConsumerGroups consumerGroups = new ModelConsumerGroups();

  Applied apply(Command command, long timeMillis) {
    return switch (command) {
      case Command.Append append -> append(append, timeMillis);
      case Command.PutPartition put -> {
        logs.computeIfAbsent(put.partition(), _ -> new Log());
        yield new Done();
      }
      case Command.DropPartition(PartitionId id) -> {
        producers.keySet().removeIf(key -> key.partition.equals(id));
        yield logs.remove(id) == null ? new UnknownPartition() : new Done();
      }
      case Command.TrimBefore(PartitionId id, long startOffset) -> {
        Log log = logs.get(id);
        if (log == null) {
          yield new UnknownPartition();
        }
        if (startOffset > log.start && startOffset <= log.values.size()) {
          log.start = startOffset;
        }
        yield new Done();
      }
      case GroupCommand ofGroup -> consumerGroups.apply(ofGroup, timeMillis);
      case Command.ExpireProducers(long beforeMillis) -> {
        producers.values().removeIf(producer -> producer.lastMillis < beforeMillis);
        yield new Done();
      }
    };
  }

  private Applied append(Command.Append append, long timeMillis) {
    Log log = logs.get(append.partition());
    if (log == null) {
      return new UnknownPartition();
    }
    boolean conflict = append.expectedOffset() >= 0 && append.expectedOffset() != log.values.size();
    RecordBatch batch = RecordBatch.at(append.batch(), 0);
    if (batch.producerId() >= 0) {
      ProducerKey key = new ProducerKey(append.partition(), batch.producerId());
      Producer known = producers.get(key);
      int first = batch.baseSequence();
      int last = first + batch.recordCount() - 1;
      if (known == null && first != 0) {
        return new UnknownProducer();
      }
      Producer producer = known == null ? new Producer() : known;
      if (known != null && batch.producerEpoch() < known.epoch) {
        return new Fenced((short) known.epoch);
      }
      if (known != null && batch.producerEpoch() == known.epoch) {
        for (Sent sent : known.window) {
          if (sent.first == first && sent.last == last) {
            return new Appended(sent.baseOffset, true);
          }
        }
      }
      boolean fresh = known == null || batch.producerEpoch() > known.epoch;
      int expected = fresh ? 0 : producer.window.getLast().last + 1;
      if (first != expected) {
        return new OutOfOrder(expected, first);
      }
      if (conflict) {
        return new Outcome.Conflict(log.values.size());
      }
      if (fresh) {
        producer.window = new ArrayList<>();
      }
      producer.epoch = batch.producerEpoch();
      producer.lastMillis = timeMillis;
      producer.window.add(new Sent(first, last, log.values.size()));
      if (producer.window.size() > 5) {
        producer.window.removeFirst();
      }
      producers.put(key, producer);
    }
    if (conflict) {
      return new Outcome.Conflict(log.values.size());
    }
    long baseOffset = log.values.size();
    for (LogRecord each : batch.records(1 << 20)) {
      byte[] value = each.value();
      log.values.add(value == null ? "" : new String(value, UTF_8));
    }
    return new Appended(baseOffset, false);
  }
}
