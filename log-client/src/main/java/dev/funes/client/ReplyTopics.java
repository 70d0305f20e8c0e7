package dev.funes.client;

/** Finds reply topics, and creates those that are missing. Thread-safe; the caller blocks. */
final class ReplyTopics {
  private final Admin admin;

  ReplyTopics(Admin admin) {
    this.admin = admin;
  }

  /**
   * Sees to it that there is a reply topic, with as many partitions as the topic of the requests
   * when it has to be made.
   *
   * @throws FunesException UNKNOWN_TOPIC, for the topic of the requests; INVALID_ARGUMENT
   */
  void ensure(String topic, String replyTopic) {
    int partitionCount = admin.describeTopic(topic).topic().partitionCount();
    if (exists(replyTopic)) {
      return;
    }
    try {
      var _ = admin.createTopic(replyTopic, partitionCount, TopicSettings.DEFAULTS);
    } catch (FunesException e) {
      if (e.code() != ErrorCode.TOPIC_EXISTS) {
        throw e;
      }
      // Somebody else, who needs it too, was quicker.
    }
  }

  boolean exists(String topic) {
    try {
      var _ = admin.describeTopic(topic);
      return true;
    } catch (FunesException e) {
      if (e.code() == ErrorCode.UNKNOWN_TOPIC) {
        return false;
      }
      throw e;
    }
  }
}
