package dev.funes.log;

/**
 * One partition in a checkpoint of its raft group.
 *
 * @param topicId tells a topic from a deleted one of the same name
 * @param partition number within the topic, from 0
 * @param topicName valid as a file name
 * @param settings in force when the checkpoint was taken
 * @param checkpoint what the log held
 */
public record ManifestPartition(
    long topicId,
    int partition,
    String topicName,
    LogSettings settings,
    PartitionCheckpoint checkpoint) {}
