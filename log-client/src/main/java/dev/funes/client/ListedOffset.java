package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * An offset that was asked for by {@link LogPosition}.
 *
 * @param timestampMillis the timestamp of the record there, when a timestamp was asked for and
 *     there is such a record
 */
public record ListedOffset(long offset, @Nullable Long timestampMillis) {}
