package dev.funes.client;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a member of a consumer group wants to read. Topics that appear later are read without a
 * restart.
 *
 * @param topics names; they need not exist yet
 * @param pattern and every topic whose whole name this RE2 expression matches; empty: none
 */
public record Subscription(SortedSet<String> topics, String pattern) {
  public Subscription {
    topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
    if (topics.isEmpty() && pattern.isEmpty()) {
      throw new IllegalArgumentException("subscription: neither a topic nor a pattern is given");
    }
    for (String topic : topics) {
      if (topic.isEmpty()) {
        throw new IllegalArgumentException("topics: a name is empty");
      }
    }
  }

  /** These topics. */
  public static Subscription to(String... topics) {
    return to(List.of(topics));
  }

  /** These topics. */
  public static Subscription to(Collection<String> topics) {
    return new Subscription(new TreeSet<>(topics), "");
  }

  /** Every topic whose whole name the RE2 expression matches, such as {@code orders-.*}. */
  public static Subscription toPattern(String pattern) {
    return new Subscription(new TreeSet<>(), pattern);
  }
}
