package dev.funes.client;

/**
 * A topic as the cluster knows it.
 *
 * @param topicId never used again, so a re-created topic is not its deleted namesake
 */
public record TopicInfo(String name, long topicId, int partitionCount, TopicSettings settings) {}
