package dev.funes.cli.perf;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.client.Admin;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.PartitionDescription;
import dev.funes.client.TopicDescription;
import dev.funes.client.TopicPartition;
import dev.funes.client.TopicSettings;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.IntStream;

/** The topic that is measured; made and taken away again when the user named none. */
final class LoadTopic implements AutoCloseable {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'perf-'yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  private final Admin admin;
  private final TopicDescription description;
  private final boolean created;
  private final boolean deletes;

  private LoadTopic(Admin admin, TopicDescription description, boolean created, boolean deletes) {
    this.admin = admin;
    this.description = description;
    this.created = created;
    this.deletes = deletes;
  }

  /** Finds or creates what the options name. The admin has to stay open until this is closed. */
  static LoadTopic open(Admin admin, LoadOptions options) {
    String name = options.topic();
    boolean isNew = false;
    if (name == null) {
      name = newName();
      admin.createTopic(name, options.partitions(), TopicSettings.DEFAULTS);
      isNew = true;
    } else if (!exists(admin, name)) {
      admin.createTopic(name, options.partitions(), TopicSettings.DEFAULTS);
      isNew = true;
    }
    boolean deletes = options.topic() == null && !options.keep();
    LoadTopic topic = new LoadTopic(admin, admin.describeTopic(name), isNew, deletes);
    topic.requireReplicationFactor(options);
    return topic;
  }

  /** A name that no topic has yet, as far as the time tells. */
  static String newName() {
    return NAME.format(Instant.now());
  }

  private static boolean exists(Admin admin, String name) {
    try {
      admin.describeTopic(name);
      return true;
    } catch (FunesException e) {
      if (e.code() == ErrorCode.UNKNOWN_TOPIC) {
        return false;
      }
      throw e;
    }
  }

  private void requireReplicationFactor(LoadOptions options) {
    Integer wanted = options.replicationFactor();
    if (wanted != null && wanted != replicationFactor()) {
      int found = replicationFactor();
      close();
      throw new CommandFailure(
          ExitCode.CONFLICT,
          "--replication-factor %d: the topic has %d, as the configuration of the cluster says"
              .formatted(wanted, found));
    }
  }

  String name() {
    return description.topic().name();
  }

  int partitionCount() {
    return description.topic().partitionCount();
  }

  /** The share of one of several consumers in the partitions. */
  List<TopicPartition> partitionsOf(int consumer, int consumers) {
    return IntStream.range(0, partitionCount())
        .filter(partition -> partition % consumers == consumer)
        .mapToObj(partition -> new TopicPartition(name(), partition))
        .toList();
  }

  int replicationFactor() {
    return description.partitions().stream()
        .map(PartitionDescription::replicas)
        .mapToInt(replicas -> replicas.size())
        .min()
        .orElse(0);
  }

  /** True when it did not exist before. */
  boolean isNew() {
    return created;
  }

  /** Deletes it when nobody asked for it. */
  @Override
  public void close() {
    if (deletes) {
      admin.deleteTopic(name());
    }
  }
}
