package dev.funes.server.coordinator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a member holds.
 *
 * @param granted what it may read
 * @param revoked what it is to release
 * @param paused it is to read nothing for now
 */
public record Assigned(
    long generation, List<Granted> granted, List<Revoked> revoked, boolean paused) {
  public Assigned {
    granted = List.copyOf(granted);
    revoked = List.copyOf(revoked);
  }

  /**
   * A partition that it may read.
   *
   * @param storedOffset as stored now; null when nothing is
   */
  public record Granted(
      String topic, int partition, long grantedGeneration, @Nullable Long storedOffset) {

    // Written out, so that callers see what may be null.
    public Granted(
        String topic, int partition, long grantedGeneration, @Nullable Long storedOffset) {
      this.topic = topic;
      this.partition = partition;
      this.grantedGeneration = grantedGeneration;
      this.storedOffset = storedOffset;
    }
  }

  /** A partition that it is to release. */
  public record Revoked(String topic, int partition) {}
}
