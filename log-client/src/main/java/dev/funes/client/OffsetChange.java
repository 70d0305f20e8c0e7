package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * How one stored offset changed.
 *
 * @param topic its name; {@code (deleted topic ID)} when it is gone
 * @param from null when there was none before
 * @param to null when it was forgotten
 */
public record OffsetChange(String topic, int partition, @Nullable Long from, @Nullable Long to) {}
