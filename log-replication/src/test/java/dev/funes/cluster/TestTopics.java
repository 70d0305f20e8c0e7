package dev.funes.cluster;

import dev.funes.log.LogSettings;

final class TestTopics {

  private TestTopics() {}

  static Topic topic(String name, long topicId, int partitionCount) {
    return new Topic(name, topicId, partitionCount, LogSettings.DEFAULTS);
  }
}
