package dev.funes.cli.request;

import dev.funes.cli.console.Connection;
import dev.funes.client.Admin;
import dev.funes.client.CommittedOffset;
import dev.funes.client.FunesException;
import dev.funes.client.RecordPosition;
import dev.funes.client.Replier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out how far the repliers of a topic are, for those whose request nobody has answered. */
final class Repliers {
  private Repliers() {}

  /** What follows the message of a timeout; empty when there is nothing to say. */
  static String describe(Connection connection, String topic, @Nullable RecordPosition request) {
    if (request == null) {
      return "";
    }
    String group = Replier.defaultGroup(topic);
    try (Admin admin = connection.admin()) {
      for (CommittedOffset stored : admin.committedOffsets(group, List.of(topic))) {
        if (stored.partition().partition() == request.partition()) {
          return stored.offset() > request.offset()
              ? "; group " + group + " has read it"
              : "; group %s has read up to offset %d, so nobody has answered it yet"
                  .formatted(group, stored.offset());
        }
      }
      return "; group " + group + " has not read this partition: does a replier run?";
    } catch (FunesException e) {
      return ""; // It is a word more, and no reason to fail otherwise.
    }
  }
}
