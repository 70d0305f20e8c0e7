package dev.funes.cli.consume;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Topics;
import dev.funes.client.Admin;
import dev.funes.client.Subscription;
import dev.funes.client.TopicInfo;
import dev.funes.client.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The topics that a command was given, by name and by pattern.
 *
 * @param partitionCounts of every topic that is there, by name
 */
record ChosenTopics(
    List<String> names, @Nullable String pattern, SortedMap<String, Integer> partitionCounts) {
  ChosenTopics(
      List<String> names, @Nullable String pattern, SortedMap<String, Integer> partitionCounts) {
    this.names = List.copyOf(names);
    this.pattern = pattern;
    this.partitionCounts = partitionCounts;
  }

  /** Looks them up; each that was named has to be there. */
  static ChosenTopics of(Admin admin, @Nullable List<String> given, @Nullable String pattern) {
    List<String> names = given == null ? List.of() : given;
    if (names.isEmpty() && pattern == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "which topic? name one or more, or give --pattern",
          "funes topic list",
          null);
    }
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (String name : names) {
      counts.put(name, Topics.describe(admin, name).topic().partitionCount());
    }
    if (pattern != null) {
      Pattern expression = compile(pattern);
      for (TopicInfo topic : admin.listTopics()) {
        if (expression.matcher(topic.name()).matches()) {
          counts.put(topic.name(), topic.partitionCount());
        }
      }
    }
    return new ChosenTopics(names, pattern, counts);
  }

  private static Pattern compile(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--pattern: %s at character %d of '%s'"
              .formatted(e.getDescription(), e.getIndex() + 1, pattern),
          null,
          e);
    }
  }

  /** Fails when there is none: nobody else will find one later. */
  void requireSome() {
    if (partitionCounts.isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "no topic matches --pattern '" + pattern + "'",
          "funes topic list; with -g topics are found when they are created",
          null);
    }
  }

  /** All partitions, or those of one number. */
  List<TopicPartition> partitions(@Nullable Integer partition) {
    List<TopicPartition> partitions = new ArrayList<>();
    partitionCounts.forEach(
        (topic, count) -> {
          if (partition != null) {
            Topics.requirePartition(topic, count, partition);
            partitions.add(new TopicPartition(topic, partition));
            return;
          }
          for (int i = 0; i < count; i++) {
            partitions.add(new TopicPartition(topic, i));
          }
        });
    return partitions;
  }

  Subscription subscription() {
    return new Subscription(new TreeSet<>(names), pattern == null ? "" : pattern);
  }

  /** The command that reads the same topics. */
  String command() {
    return "funes consume"
        + (names.isEmpty() ? "" : " " + String.join(" ", names))
        + (pattern == null ? "" : " --pattern '" + pattern + "'");
  }
}
