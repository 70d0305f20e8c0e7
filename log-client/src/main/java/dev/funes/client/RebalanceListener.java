package dev.funes.client;

import java.util.Collection;

/**
 * Hears which partitions a member of a consumer group is given and has to give away. Called on the
 * consumer's own thread, from within {@link Consumer#poll} or {@link Consumer#close}; it may use
 * the consumer, except for polling. What it throws, that call throws.
 */
public interface RebalanceListener {
  /**
   * These will be read from now on, from their stored offsets, or from where {@link Consumer#seek}
   * says here.
   */
  default void onAssigned(Consumer consumer, Collection<TopicPartition> partitions) {}

  /**
   * These are not read any more, and go to other members when this returns. Their offsets can still
   * be committed here; with {@link Delivery#AT_LEAST_ONCE} they have been.
   */
  default void onRevoked(Consumer consumer, Collection<TopicPartition> partitions) {}

  /**
   * These are not the member's any more, and others may be reading them already: nothing can be
   * committed for them. They come again at their stored offsets, here or elsewhere.
   */
  default void onLost(Consumer consumer, Collection<TopicPartition> partitions) {}
}
