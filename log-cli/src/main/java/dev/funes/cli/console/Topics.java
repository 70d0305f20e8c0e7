package dev.funes.cli.console;

import dev.funes.client.Admin;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.TopicDescription;
import dev.funes.client.TopicInfo;
import java.util.List;

/** Finds topics for commands, and helps those who mistyped one. */
public final class Topics {
  private Topics() {}

  /** Describes a topic; a {@link CommandFailure} with a suggestion when there is none. */
  public static TopicDescription describe(Admin admin, String topic) {
    try {
      return admin.describeTopic(topic);
    } catch (FunesException e) {
      throw explain(admin, topic, e);
    }
  }

  /** The failure to throw in place of the given one, which a request for the topic ended with. */
  public static RuntimeException explain(Admin admin, String topic, FunesException failure) {
    if (failure.code() != ErrorCode.UNKNOWN_TOPIC) {
      return failure;
    }
    List<String> names = admin.listTopics().stream().map(TopicInfo::name).toList();
    String closest = Suggestions.closest(topic, names);
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "no topic '"
            + topic
            + "'"
            + (closest == null || closest.equals(topic) ? "" : "; did you mean '" + closest + "'?"),
        names.isEmpty()
            ? "there are no topics yet: funes topic create " + topic
            : "funes topic list",
        failure);
  }

  /** Checks that a topic has a partition, when one was asked for. */
  public static void requirePartition(String topic, int partitionCount, int partition) {
    if (partition < 0 || partition >= partitionCount) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          partitionCount == 1
              ? "no partition %d: '%s' has only partition 0".formatted(partition, topic)
              : "no partition %d: '%s' has 0 to %d"
                  .formatted(partition, topic, partitionCount - 1));
    }
  }
}
