package dev.funes.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cluster.PartitionId;
import dev.funes.group.GroupRecord;
import dev.funes.log.LogSettings;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** Batches and commands for tests. */
final class TestCommands {

  static final LogSettings SMALL = new LogSettings(LogSettings.SEGMENT_BYTES_MIN, 60_000, -1, -1);

  private static final GroupRecord EMPTY = GroupRecord.empty(1);

  private TestCommands() {}

  /** A batch of a producer that is not idempotent. */
  static ByteBuffer batch(String... values) {
    return build(new RecordBatchBuilder(Compression.NONE, 1 << 22), 0, values);
  }

  /** A batch of an idempotent producer. */
  static ByteBuffer batch(long producerId, int epoch, int sequence, String... values) {
    return build(
        new RecordBatchBuilder(Compression.NONE, 1 << 22)
            .producer(producerId, (short) epoch, sequence),
        0,
        values);
  }

  private static ByteBuffer build(RecordBatchBuilder builder, long timestamp, String... values) {
    for (String value : values) {
      if (!builder.append(timestamp, null, value.getBytes(UTF_8), List.of())) {
        throw new IllegalArgumentException("the batch is full");
      }
    }
    return builder.build();
  }

  static String[] values(Random random, int count, int bytesMax) {
    String[] values = new String[count];
    for (int i = 0; i < count; i++) {
      values[i] = "v".repeat(1 + random.nextInt(bytesMax)) + random.nextInt();
    }
    return values;
  }

  static Command random(Random random) {
    PartitionId id = new PartitionId(1 + random.nextInt(3), random.nextInt(3));
    return switch (random.nextInt(9)) {
      case 0 -> new Command.Append(id, batch(values(random, 1 + random.nextInt(4), 50)));
      case 1 -> new Command.PutPartition(id, "topic-" + id.topicId(), SMALL);
      case 2 -> new Command.DropPartition(id);
      case 3 -> new Command.TrimBefore(id, random.nextInt(100));
      case 4 ->
          new Command.Append(
              id, batch(values(random, 1 + random.nextInt(4), 50)), random.nextInt(100));
      case 5, 6, 7 -> new RandomGroupCommands(random, _ -> EMPTY).next(random.nextInt(1_000));
      default -> new Command.ExpireProducers(random.nextLong());
    };
  }
}
