package dev.funes.replication;

import dev.funes.cluster.PartitionId;
import dev.funes.log.LogSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Entries as a leader and its clients might make them, with their mistakes. */
final class RandomEntries {

  private static final LogSettings QUICK_ROLL =
      new LogSettings(LogSettings.SEGMENT_BYTES_MIN, 5_000, -1, -1);

  private final Random random;
  private final ModelGroup model;
  private final RandomGroupCommands groupCommands;
  private long timeMillis = 1_000_000;

  RandomEntries(Random random, ModelGroup model) {
    this.random = random;
    this.model = model;
    this.groupCommands = new RandomGroupCommands(random, model.consumerGroups::record);
  }

  /** Commands that the model has not applied yet: it is asked what was sent before. */
  Entry next() {
    timeMillis += random.nextInt(500);
    List<Command> commands = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      commands.add(command());
    }
    return new Entry(timeMillis, commands);
  }

  private Command command() {
    PartitionId id = new PartitionId(1 + random.nextInt(2), random.nextInt(2));
    int kind = random.nextInt(100);
    if (kind < 15) {
      return new Command.PutPartition(
          id, "topic-" + id.topicId(), random.nextBoolean() ? TestCommands.SMALL : QUICK_ROLL);
    }
    if (kind < 17) {
      return new Command.DropPartition(id);
    }
    if (kind < 22) {
      ModelGroup.Log log = model.logs.get(id);
      int end = log == null ? 10 : log.values.size();
      return new Command.TrimBefore(id, random.nextInt(end + 3));
    }
    if (kind < 44) {
      return groupCommands.next(timeMillis);
    }
    if (kind < 45) {
      return new Command.ExpireProducers(timeMillis - random.nextInt(20_000));
    }
    if (kind < 60) {
      String[] values = TestCommands.values(random, 1 + random.nextInt(4), 200);
      return new Command.Append(id, TestCommands.batch(values), expected(id));
    }
    return idempotent(id);
  }

  private Command idempotent(PartitionId id) {
    long producerId = random.nextInt(3);
    ModelGroup.Producer producer = model.producers.get(new ModelGroup.ProducerKey(id, producerId));
    int epoch = producer == null ? 0 : producer.epoch;
    int next = producer == null ? 0 : producer.window.getLast().last() + 1;
    String[] values = TestCommands.values(random, 1 + random.nextInt(3), 50);
    int mistake = random.nextInt(20);
    if (mistake == 0) {
      next += 1 + random.nextInt(3);
    } else if (mistake == 1) {
      epoch++;
      next = 0;
    } else if (mistake == 2) {
      epoch = Math.max(0, epoch - 1);
    } else if (mistake < 7 && producer != null) {
      ModelGroup.Sent sent = producer.window.get(random.nextInt(producer.window.size()));
      next = sent.first();
      values = TestCommands.values(random, sent.last() - sent.first() + 1, 50);
    }
    return new Command.Append(
        id, TestCommands.batch(producerId, epoch, next, values), expected(id));
  }

  private long expected(PartitionId id) {
    ModelGroup.Log log = model.logs.get(id);
    return switch (random.nextInt(8)) {
      case 0, 1 -> log == null ? 0 : log.values.size();
      case 2 -> random.nextInt(50);
      default -> Command.Append.ANY_OFFSET;
    };
  }
}
