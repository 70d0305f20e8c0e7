package dev.funes.chaos.workload;

import dev.funes.chaos.history.RunInfo.TopicPlan;
import java.time.Duration;
import java.util.List;

/**
 * How much the clients of a run do.
 *
 * @param topics that are written to; made when they are not there
 * @param idempotentProducers whose sends are repeated until they are known to be done
 * @param plainProducers who send plain records once, without a producer id
 * @param recordsPerSecond of all producers together
 * @param valueBytesMax of a record; they are of mixed sizes from 64 bytes on
 * @param groups of consumers
 * @param membersPerGroup at the same time; some leave, crash and come back
 * @param nodeReaders true: one reader a node, of its replica alone
 * @param deliveryTimeout of the idempotent producers
 */
public record WorkloadSettings(
    List<TopicPlan> topics,
    int idempotentProducers,
    int plainProducers,
    int recordsPerSecond,
    int valueBytesMax,
    int groups,
    int membersPerGroup,
    boolean nodeReaders,
    Duration deliveryTimeout) {
  /** Four topics of six partitions, 2,000 records/s of up to 1 KiB, two groups of three. */
  public static final WorkloadSettings DEFAULTS =
      new WorkloadSettings(
          List.of(
              TopicPlan.of("chaos-a", 6, 4 << 20),
              TopicPlan.of("chaos-b", 6, 4 << 20),
              TopicPlan.of("chaos-c", 6, 0),
              TopicPlan.of("chaos-d", 6, 0)),
          4,
          4,
          2_000,
          1_024,
          2,
          3,
          true,
          Duration.ofMinutes(5));

  public WorkloadSettings {
    topics = List.copyOf(topics);
  }

  /** The same with another rate. */
  public WorkloadSettings withRecordsPerSecond(int records) {
    return new WorkloadSettings(
        topics,
        idempotentProducers,
        plainProducers,
        records,
        valueBytesMax,
        groups,
        membersPerGroup,
        nodeReaders,
        deliveryTimeout);
  }

  /** The same with other topics. */
  public WorkloadSettings withTopics(List<TopicPlan> plans) {
    return new WorkloadSettings(
        plans,
        idempotentProducers,
        plainProducers,
        recordsPerSecond,
        valueBytesMax,
        groups,
        membersPerGroup,
        nodeReaders,
        deliveryTimeout);
  }

  /** The ids of the producers whose sends are de-duplicated: the first ones. */
  public List<Integer> idempotent() {
    return java.util.stream.IntStream.range(0, idempotentProducers).boxed().toList();
  }
}
