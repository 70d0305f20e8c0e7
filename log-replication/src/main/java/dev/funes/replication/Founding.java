package dev.funes.replication;

import dev.funes.cluster.Placement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the placement of a new cluster in the metadata raft group, while this node leads it. Runs
 * on the upkeep thread.
 */
final class Founding {

  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  static final int LOOK_MILLIS = 500;

  private final MetadataGroup metadata;
  private final Placement configured;
  private volatile boolean proposed;

  Founding(MetadataGroup metadata, Placement configured) {
    this.metadata = metadata;
    this.configured = configured;
  }

  void look() {
    if (!metadata.leads() || metadata.view().members().founded() || proposed) {
      return;
    }
    proposed = true;
    var _ =
        metadata
            .found(configured)
            .whenComplete(
                (outcome, failure) -> {
                  proposed = false; // to be tried again unless it is done
                  LOG.debug("storing the placement: {}", outcome, failure);
                });
  }
}
