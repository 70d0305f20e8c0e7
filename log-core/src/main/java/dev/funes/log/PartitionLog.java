package dev.funes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A partition's committed records on this node. Skeleton. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"}) // until the bodies are there
public final class PartitionLog implements AutoCloseable {
  private PartitionLog() {}

  /** What a fetch found. */
  public sealed interface Fetch {
    /**
     * Whole batches, unchanged, the first one being the one that holds the offset asked for.
     *
     * @param firstOffset base offset of the first batch, at or below the offset asked for
     * @param bytes read-only view of the mapped segment; throws IllegalStateException when read
     *     after the segment was deleted
     * @param nextOffset where to go on
     */
    record Batches(long firstOffset, ByteBuffer bytes, long nextOffset) implements Fetch {}

    /** Nothing there yet: the offset is the next one to be written. */
    record AtEnd(long endOffset) implements Fetch {}

    /** Retention took the offset away. */
    record BelowStart(long startOffset) implements Fetch {}

    /** The offset is above the next one to be written. */
    record BeyondEnd(long endOffset) implements Fetch {}
  }

  /** A record and its time. */
  public record TimestampHit(long offset, long timestampMillis) {}

  /** Creates an empty log. */
  public static PartitionLog create(Path directory, LogSettings settings) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Restores. */
  public static PartitionLog restore(
      Path directory, LogSettings settings, PartitionCheckpoint checkpoint) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Opens for reading only. */
  public static PartitionLog openReadOnly(Path directory) throws IOException {
    throw new UnsupportedOperationException();
  }

  public long append(ByteBuffer batch, int leaderEpoch, long nowMillis) throws IOException {
    throw new UnsupportedOperationException();
  }

  public Fetch fetch(long offset, int bytesMax) {
    throw new UnsupportedOperationException();
  }

  public long logStartOffset() {
    throw new UnsupportedOperationException();
  }

  public long endOffset() {
    throw new UnsupportedOperationException();
  }

  public long sizeBytes() {
    throw new UnsupportedOperationException();
  }

  public int segmentCount() {
    throw new UnsupportedOperationException();
  }

  public @Nullable TimestampHit findByTimestamp(long timestampMillis) {
    throw new UnsupportedOperationException();
  }

  public long retentionStart(long nowMillis) {
    throw new UnsupportedOperationException();
  }

  public void trimBefore(long startOffset) throws IOException {
    throw new UnsupportedOperationException();
  }

  public void alter(LogSettings settings) {
    throw new UnsupportedOperationException();
  }

  public LogSettings settings() {
    throw new UnsupportedOperationException();
  }

  public void addListener(Runnable onEndOffsetMoved) {
    throw new UnsupportedOperationException();
  }

  public void removeListener(Runnable onEndOffsetMoved) {
    throw new UnsupportedOperationException();
  }

  public PartitionCheckpoint checkpoint() {
    throw new UnsupportedOperationException();
  }

  public void force() throws IOException {
    throw new UnsupportedOperationException();
  }

  public void deleteRetired(PartitionCheckpoint durable) throws IOException {
    throw new UnsupportedOperationException();
  }

  public void delete() throws IOException {
    throw new UnsupportedOperationException();
  }

  public Digest digest() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
