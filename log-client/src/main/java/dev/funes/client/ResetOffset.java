package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * How a reset moves, or would move, one stored offset.
 *
 * @param fromOffset null when the group had none here
 */
public record ResetOffset(TopicPartition partition, @Nullable Long fromOffset, long toOffset) {}
