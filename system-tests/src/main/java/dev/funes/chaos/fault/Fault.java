package dev.funes.chaos.fault;

import dev.funes.chaos.cluster.ChaosCluster;
import java.io.IOException;
import java.util.Optional;

/** Something that happens to a cluster. */
public interface Fault {

  /** A few words with hyphens, for lists and histories. */
  String name();

  /** Why it cannot be inflicted on this cluster, on this machine; empty when it can. */
  Optional<String> whyNot(ChaosCluster cluster);

  /** Whether the processes of its targets may end by it; when not, an end is a violation. */
  default boolean endsProcesses() {
    return true;
  }

  /**
   * Inflicts it, holds it for a while, and heals it; what remains to do the cluster has to do by
   * itself. Every choice comes from the stage's random numbers.
   *
   * @throws NoEvidenceException when it did not take effect
   * @throws IOException when it could not be inflicted or healed
   */
  Evidence inflict(Stage stage) throws IOException;
}
