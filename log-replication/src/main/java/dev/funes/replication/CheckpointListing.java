package dev.funes.replication;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a node that copies a checkpoint has to know of it.
 *
 * @param term Raft term of the last entry applied
 * @param index Raft index of the last entry applied
 * @param manifest the manifest of a data raft group, or the whole snapshot of the metadata raft
 *     group, as it is on disk
 * @param files of the keyed state; the segments are in the manifest
 */
public record CheckpointListing(
    long term, long index, ByteBuffer manifest, List<CheckpointFile> files) {

  /** Copies the list. */
  public CheckpointListing {
    files = List.copyOf(files);
  }
}
